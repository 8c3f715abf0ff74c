export { startAdminServer } from './admin-server.ts';
export type { AdminServer } from './admin-server.ts';
export { streamLimit } from './api.ts';
export { outputLines } from './output-lines.ts';
export type { OutputLine } from './output-lines.ts';
export * from './operations.ts';
export { problems, problemSlug } from './problems.ts';
export type { ProblemBody, ProblemSlug } from './problems.ts';
