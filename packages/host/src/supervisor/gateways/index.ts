export { GatewayFleet, type FleetEvents, type FleetSurroundings } from './gateway-fleet.ts';
export type { GatewayLaunch } from './gateway-process.ts';
