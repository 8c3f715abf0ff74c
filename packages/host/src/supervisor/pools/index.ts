export { ApplicationPool, type PoolSurroundings } from './application-pool.ts';
export type { HostFacts, PoolIdentity, PoolKeyRing } from './hosting/host-facts.ts';
export type { PoolEvent, RecycleReason } from './pool-event.ts';
export { samePlace, slotCount, type PoolState, type WorkerProcess } from './pool-state.ts';
export { gatewayUserName, IdentityError, IdentityProvider } from './identity/identity-provider.ts';
export { profileRing, profileUse } from './identity/profile-use.ts';
export { poolUser } from './identity/pool-user.ts';
