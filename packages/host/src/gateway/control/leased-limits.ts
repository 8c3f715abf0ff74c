import { type Leases, type SharedLimit, sharedLimits, type Plan } from '@poolhouse/contract';
import { LeasedLimit, type LeaseReports } from './leased-limit.ts';

/**
 * All limits that this gateway shares with others. They outlive the plan that brought them until their places are
 * back with the supervisor: a pool that goes and comes again finds its requests still counted.
 */
export class LeasedLimits {
  /** How many gateways share them. */
  private gateways = 1;
  private readonly limits = new Map<SharedLimit, LeasedLimit>();
  private readonly clock: { readonly now: number };
  private readonly reports: LeaseReports;

  constructor(clock: { readonly now: number }, reports: LeaseReports) {
    this.clock = clock;
    this.reports = reports;
  }

  get(name: SharedLimit): LeasedLimit {
    let limit = this.limits.get(name);
    if (limit === undefined) {
      limit = new LeasedLimit(name, this.clock, this.reports);
      this.limits.set(name, limit);
    }
    return limit;
  }

  /** The whole plan, as a snapshot brings it. */
  replace(plan: Plan, gateways: number): void {
    this.gateways = gateways;
    const totals = sharedLimits(plan);
    this.remove([...this.limits.keys()].filter((name) => !totals.has(name)));
    this.set(totals);
  }

  /** Limits that are new or have changed. */
  set(totals: ReadonlyMap<SharedLimit, number>): void {
    for (const [name, total] of totals) this.get(name).setTotal(total, this.gateways);
  }

  /** Limits that the plan no longer has. */
  remove(names: readonly SharedLimit[]): void {
    for (const name of names) this.limits.get(name)?.setTotal(0, this.gateways);
  }

  /** Places that came unasked, in a snapshot or change. */
  add(leases: Leases | undefined): void {
    for (const [name, places] of Object.entries(leases ?? {})) this.get(name as SharedLimit).add(places);
  }

  answered(name: SharedLimit, granted: number): void {
    this.get(name).answered(granted);
  }

  recall(name: SharedLimit, places: number): void {
    this.get(name).recall(places);
  }

  /** Once in a while: pays what is owed, and forgets what the plan no longer has. */
  settle(): void {
    for (const [name, limit] of this.limits) {
      limit.pay();
      if (limit.forgotten) this.limits.delete(name);
    }
  }

  /** This gateway ends: it has no share any more, and what it does not need is for others. */
  finish(): void {
    this.gateways = Infinity;
    for (const limit of this.limits.values()) limit.giveBackFree();
  }
}
