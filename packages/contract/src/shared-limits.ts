import type { Plan, PoolPlan, SitePlan } from './plan.ts';

/**
 * A limit that holds over all gateways together: the queue of a pool, its requests in flight, the connections of
 * a site. Its places are handed out by the supervisor; a gateway uses no more than it holds.
 */
export type SharedLimit = `queue:${string}` | `requests:${string}` | `connections:${number}`;

/** Places by limit. */
export type Leases = Readonly<Record<SharedLimit, number>>;

/** Places are leased in blocks of this size. */
export const leaseBlock = 64;

/** `maxConnections` of a site that has no limit. */
const unlimited = 4_294_967_295;

export function queueOf(pool: string): SharedLimit {
  return `queue:${pool}`;
}

export function requestsOf(pool: string): SharedLimit {
  return `requests:${pool}`;
}

export function connectionsOf(site: number): SharedLimit {
  return `connections:${site}`;
}

/** The limits that these parts of a plan set; Infinity = none. */
export function sharedLimits(part: {
  readonly pools?: readonly PoolPlan[];
  readonly sites?: readonly SitePlan[];
}): Map<SharedLimit, number> {
  const limits = new Map<SharedLimit, number>();
  for (const { name, queueLength, concurrentRequestLimit } of part.pools ?? []) {
    limits.set(queueOf(name), queueLength);
    limits.set(requestsOf(name), concurrentRequestLimit);
  }
  for (const { id, maxConnections } of part.sites ?? []) {
    limits.set(connectionsOf(id), maxConnections >= unlimited ? Infinity : maxConnections);
  }
  return limits;
}

/** The limits that go with removed pools and sites. */
export function removedLimits(step: {
  readonly removedPools?: readonly string[];
  readonly removedSites?: readonly number[];
}): SharedLimit[] {
  return [
    ...(step.removedPools ?? []).flatMap((pool) => [queueOf(pool), requestsOf(pool)]),
    ...(step.removedSites ?? []).map(connectionsOf),
  ];
}

/** Part of a limit that each of several gateways gets unasked. */
export function shareOf(limit: number, gateways: number): number {
  return Math.floor(limit / gateways);
}

/** What each of several gateways gets of the limits of a plan when nothing is in use yet. */
export function firstLeases(plan: Pick<Plan, 'pools' | 'sites'>, gateways: number): Leases {
  const leases: Record<SharedLimit, number> = {};
  for (const [limit, places] of sharedLimits(plan)) {
    if (places !== Infinity) leases[limit] = shareOf(places, gateways);
  }
  return leases;
}
