import type { UpstreamCounters } from '@poolhouse/contract';

export interface UpstreamTotal {
  readonly active: number;
  readonly served: number;
  /** Time of the last request that began or ended, anywhere. */
  readonly lastActiveAt: number;
}

/**
 * Sums what the gateways count per upstream. What a gateway that is gone had served stays counted; what was
 * active in it is lost with it.
 */
export class UpstreamCounts {
  readonly #byGateway = new Map<number, Map<number, UpstreamTotal>>();
  readonly #servedBefore = new Map<number, number>();

  update(gateway: number, counters: UpstreamCounters, now: number): void {
    const own = this.#byGateway.get(gateway) ?? new Map<number, UpstreamTotal>();
    this.#byGateway.set(gateway, own);
    own.set(counters.id, { active: counters.active, served: counters.served, lastActiveAt: now - counters.idleMs });
  }

  total(upstream: number): UpstreamTotal {
    const all = [...this.#byGateway.values()].flatMap((counts) => counts.get(upstream) ?? []);
    return {
      active: all.reduce((sum, { active }) => sum + active, 0),
      served: all.reduce((sum, { served }) => sum + served, this.#servedBefore.get(upstream) ?? 0),
      lastActiveAt: Math.max(0, ...all.map(({ lastActiveAt }) => lastActiveAt)),
    };
  }

  forgetGateway(gateway: number): readonly number[] {
    const own = this.#byGateway.get(gateway) ?? new Map<number, UpstreamTotal>();
    for (const [upstream, { served }] of own)
      this.#servedBefore.set(upstream, (this.#servedBefore.get(upstream) ?? 0) + served);
    this.#byGateway.delete(gateway);
    return [...own.keys()];
  }

  forgetUpstream(upstream: number): void {
    for (const counts of this.#byGateway.values()) counts.delete(upstream);
    this.#servedBefore.delete(upstream);
  }
}
