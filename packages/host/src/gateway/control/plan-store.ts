import type { Knowledge, Plan, SitePlan } from '@poolhouse/contract';

/** The plan that holds now, frozen, and what a change did to it. */
export class PlanStore {
  private sites = new Map<number, SitePlan>();
  private pools = new Map<string, Plan['pools'][number]>();
  private held: Plan;
  /** Number of the last step that was applied; -1 before the first snapshot. */
  number = -1;

  constructor() {
    this.held = {
      sites: [],
      pools: [],
      limits: {
        maxRequestBytes: 16_384,
        maxFieldBytes: 16_384,
        maxFields: 100,
        urlSegmentMaxCount: 255,
        urlSegmentMaxLength: 260,
        headerWaitMs: 15_000,
        minBytesPerSecond: 240,
      },
    };
  }

  get plan(): Plan {
    return this.held;
  }

  replace(plan: Plan, number: number): void {
    this.sites = new Map(plan.sites.map((site) => [site.id, deepFreeze(site)]));
    this.pools = new Map(plan.pools.map((pool) => [pool.name, deepFreeze(pool)]));
    this.hold(deepFreeze(plan.limits), number);
  }

  /** Sites and pools of one step; fragments that it does not name stay the same objects. */
  apply(step: Knowledge, number: number): void {
    for (const id of step.removedSites ?? []) this.sites.delete(id);
    for (const site of step.sites ?? []) this.sites.set(site.id, deepFreeze(site));
    for (const name of step.removedPools ?? []) this.pools.delete(name);
    for (const pool of step.pools ?? []) this.pools.set(pool.name, deepFreeze(pool));
    this.hold(this.held.limits, number);
  }

  private hold(limits: Plan['limits'], number: number): void {
    this.held = Object.freeze({ sites: [...this.sites.values()], pools: [...this.pools.values()], limits });
    this.number = number;
  }
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
