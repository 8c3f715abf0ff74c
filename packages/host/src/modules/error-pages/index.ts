export { failureAnswer, statusAnswer } from './answer.ts';
export { renderErrorPage } from './error-page.ts';
export type { ErrorPageOptions } from './error-page.ts';
export { renderStatusPage } from './status-page.ts';
