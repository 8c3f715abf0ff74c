export type { FleetEvents, FleetSurroundings } from './fleet-surroundings.ts';
export { GatewayFleet } from './gateway-fleet.ts';
export type { GatewayLaunch } from './gateway-process.ts';
