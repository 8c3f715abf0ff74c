import {
  type Knowledge,
  type Plan,
  removedLimits,
  sharedLimits,
  type SitePlan,
  type ToGateway,
} from '@poolhouse/contract';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Dispatcher } from '../queue/dispatcher.ts';
import { createRouter, type Router } from '../routing/index.ts';
import type { LeasedLimits } from './leased-limits.ts';
import { PlanStore } from './plan-store.ts';

/** What acts on the plan. */
export interface PlanFollowers {
  readonly pipeline: Pipeline;
  readonly dispatcher: Dispatcher;
  readonly leasedLimits: LeasedLimits;
  /** Asks the supervisor for a snapshot. */
  readonly resync: () => void;
}

/**
 * Does what the supervisor says, between two requests: a snapshot first, then changes by number; a gap asks for the
 * snapshot again.
 *
 *   1. places that came along are this gateway's, whatever becomes of the step
 *   2. the plan, and the limits that it shares
 *   3. modules and routes, when sites have changed
 *   4. pools, applications, upstreams
 */
export class PlanFollower {
  /** By the plan that holds now. */
  router: Router;
  private readonly store = new PlanStore();
  private readonly followers: PlanFollowers;
  private awaitsSnapshot = false;

  constructor(followers: PlanFollowers) {
    this.followers = followers;
    this.router = createRouter(this.store.plan);
  }

  get plan(): Plan {
    return this.store.plan;
  }

  /** The first snapshot has come. */
  get begun(): boolean {
    return this.store.number !== -1;
  }

  takeSnapshot(snapshot: Extract<ToGateway, { type: 'snapshot' }>): void {
    const { dispatcher, leasedLimits } = this.followers;
    this.awaitsSnapshot = false;
    const gone = { pools: new Set(dispatcher.pools.keys()), upstreams: new Set(dispatcher.upstreams.live.keys()) };
    for (const { name } of snapshot.plan.pools) gone.pools.delete(name);
    for (const { id } of snapshot.upstreams) gone.upstreams.delete(id);
    const before = this.plan;
    leasedLimits.add(snapshot.leases);
    this.store.replace(snapshot.plan, snapshot.number);
    leasedLimits.replace(snapshot.plan, snapshot.gateways);
    this.useSites(before.sites);
    this.instruct({
      pools: snapshot.plan.pools,
      removedPools: [...gone.pools],
      poolStates: snapshot.poolStates,
      applicationStates: snapshot.applicationStates,
      add: snapshot.upstreams,
      retire: [...gone.upstreams],
    });
  }

  change(step: Extract<ToGateway, { type: 'change' }>): void {
    const { leasedLimits } = this.followers;
    leasedLimits.add(step.leases);
    if (step.base !== this.store.number) return this.askForSnapshot();
    const before = this.plan;
    this.store.apply(step, step.number);
    leasedLimits.remove(removedLimits(step));
    leasedLimits.set(sharedLimits(step));
    if (step.sites !== undefined || step.removedSites !== undefined) this.useSites(before.sites);
    this.instruct(step);
  }

  /** Once: the changes that are on their way before it arrives miss the same ones. */
  private askForSnapshot(): void {
    if (this.awaitsSnapshot) return;
    this.awaitsSnapshot = true;
    this.followers.resync();
  }

  private useSites(before: readonly SitePlan[]): void {
    const { plan } = this;
    const { pipeline, dispatcher } = this.followers;
    pipeline.compile(plan);
    this.router = createRouter(plan, this.router);
    const applications = new Set(plan.sites.flatMap((site) => site.applications.map(({ id }) => id)));
    for (const site of before) {
      for (const { id } of site.applications) if (!applications.has(id)) dispatcher.forgetApplication(id);
    }
  }

  /** New upstreams come before old ones go, so that a swap has no gap. */
  private instruct(step: Knowledge): void {
    const { dispatcher } = this.followers;
    const { upstreams } = dispatcher;
    for (const pool of step.pools ?? []) dispatcher.setPool(pool);
    for (const state of step.poolStates ?? []) dispatcher.setPoolState(state);
    for (const upstream of step.add ?? []) upstreams.add(upstream);
    for (const state of step.applicationStates ?? []) dispatcher.setApplicationState(state);
    for (const id of step.retire ?? []) upstreams.retire(id, step.onlyIfIdle === true);
    for (const id of step.remove ?? []) upstreams.remove(id);
    for (const name of step.removedPools ?? []) dispatcher.removePool(name);
  }
}
