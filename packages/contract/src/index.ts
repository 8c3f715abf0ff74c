export * from './headers.ts';
export * from './environment.ts';
export * from './client-facts.ts';
export * from './pairing-token.ts';
export * from './messages.ts';
export * from './worker-messages.ts';
export * from './plan.ts';
export * from './shared-limits.ts';
