import type { FromGateway, PoolCounters, UpstreamCounters } from '@poolhouse/contract';
import type { LiveUpstream } from '../forwarding/live-upstream.ts';
import type { PoolAdmission } from '../queue/pool-admission.ts';

export type Counters = Omit<Extract<FromGateway, { type: 'counters' }>, 'version' | 'type'>;

/** Entries of one message: well below the largest that the supervisor accepts. */
const perMessage = 2_000;

/** What has changed since the last report; nothing is sent for what stands still. */
export class CounterReport {
  private readonly told = new Map<number, string>();
  private readonly waiting = new Map<string, number>();
  private connections = 0;

  /** Zero or more messages. */
  take(
    upstreams: ReadonlyMap<number, LiveUpstream>,
    pools: ReadonlyMap<string, PoolAdmission>,
    connections: number,
    now: number,
  ): Counters[] {
    const changed = this.changedUpstreams(upstreams, now);
    const changedPools = this.changedPools(pools);
    const first = { upstreams: changed.slice(0, perMessage), pools: changedPools, connections };
    if (changed.length === 0 && changedPools.length === 0 && connections === this.connections) return [];
    this.connections = connections;
    const reports: Counters[] = [first];
    for (let from = perMessage; from < changed.length; from += perMessage) {
      reports.push({ upstreams: changed.slice(from, from + perMessage), pools: [], connections });
    }
    return reports;
  }

  private changedUpstreams(upstreams: ReadonlyMap<number, LiveUpstream>, now: number): UpstreamCounters[] {
    const changed: UpstreamCounters[] = [];
    for (const [id, { active, served, lastActivityAt }] of upstreams) {
      const state = `${active} ${served} ${lastActivityAt}`;
      if (this.told.get(id) === state) continue;
      this.told.set(id, state);
      changed.push({ id, active, served, idleMs: active > 0 ? 0 : Math.max(0, Math.round(now - lastActivityAt)) });
    }
    for (const id of this.told.keys()) if (!upstreams.has(id)) this.told.delete(id);
    return changed;
  }

  private changedPools(pools: ReadonlyMap<string, PoolAdmission>): PoolCounters[] {
    const changed: PoolCounters[] = [];
    for (const [name, pool] of pools) {
      const refused = pool.takeRefused();
      if ((this.waiting.get(name) ?? 0) === pool.queue.used && Object.keys(refused).length === 0) continue;
      this.waiting.set(name, pool.queue.used);
      changed.push({ name, waiting: pool.queue.used, refused });
    }
    for (const name of this.waiting.keys()) if (!pools.has(name)) this.waiting.delete(name);
    return changed;
  }
}
