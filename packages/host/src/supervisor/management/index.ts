export { startAdminServer } from './admin-server.ts';
export type { AdminServer } from './admin-server.ts';
export type { OutputLine } from './log-stream.ts';
export * from './operations.ts';
export { problems, problemSlug } from './problems.ts';
export type { ProblemBody, ProblemSlug } from './problems.ts';
