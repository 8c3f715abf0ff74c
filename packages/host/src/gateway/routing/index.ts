export { createRouter } from './router.ts';
export type { RouteInput, Router } from './router.ts';
export type { RoutingFailure } from './routing-failure.ts';
