import type { Upstream, UpstreamCounters } from '@poolhouse/contract';

export interface UpstreamTotal {
  readonly active: number;
  readonly served: number;
  /** Time of the last request that began or ended, anywhere. */
  readonly lastActiveAt: number;
}

interface Counted {
  readonly application: string;
  readonly byGateway: Map<number, UpstreamTotal>;
  /** Served by gateways that are gone. */
  servedBefore: number;
}

/**
 * Sums what the gateways count per upstream. What a gateway that is gone had served stays counted; what was
 * active in it is lost with it. Only upstreams that exist are counted, whatever a gateway says.
 */
export class UpstreamCounts {
  readonly #upstreams = new Map<number, Counted>();
  readonly #byApplication = new Map<string, Set<number>>();

  /** Again for one that is known: nothing changes. */
  add({ id, application }: Pick<Upstream, 'id' | 'application'>): void {
    if (this.#upstreams.has(id)) return;
    this.#upstreams.set(id, { application, byGateway: new Map(), servedBefore: 0 });
    const siblings = this.#byApplication.get(application) ?? new Set();
    this.#byApplication.set(application, siblings.add(id));
  }

  /** Returns whether the upstream is known. */
  update(gateway: number, counters: UpstreamCounters, now: number): boolean {
    const { id, active, served, idleMs } = counters;
    return (
      this.#upstreams.get(id)?.byGateway.set(gateway, { active, served, lastActiveAt: now - idleMs }) !== undefined
    );
  }

  total(upstream: number): UpstreamTotal {
    const counted = this.#upstreams.get(upstream);
    const all = [...(counted?.byGateway.values() ?? [])];
    return {
      active: sum(all.map(({ active }) => active)),
      served: sum(all.map(({ served }) => served)) + (counted?.servedBefore ?? 0),
      lastActiveAt: Math.max(0, ...all.map(({ lastActiveAt }) => lastActiveAt)),
    };
  }

  /** Requests that the other gateways have there. */
  elsewhere(upstream: number, gateway: number): number {
    return this.total(upstream).active - (this.#upstreams.get(upstream)?.byGateway.get(gateway)?.active ?? 0);
  }

  /** All upstreams among which a request for this one's application can choose, itself included. */
  siblings(upstream: number): ReadonlySet<number> {
    return this.#byApplication.get(this.#upstreams.get(upstream)?.application ?? '') ?? new Set();
  }

  /** Every upstream with a choice. */
  get chosenFrom(): number[] {
    return [...this.#byApplication.values()].filter(({ size }) => size > 1).flatMap((siblings) => [...siblings]);
  }

  /** Returns the upstreams where it had counted something. */
  forgetGateway(gateway: number): readonly number[] {
    const counted: number[] = [];
    for (const [id, upstream] of this.#upstreams) {
      const own = upstream.byGateway.get(gateway);
      if (own === undefined) continue;
      upstream.servedBefore += own.served;
      upstream.byGateway.delete(gateway);
      counted.push(id);
    }
    return counted;
  }

  forgetUpstream(upstream: number): void {
    const siblings = this.siblings(upstream) as Set<number>;
    siblings.delete(upstream);
    const application = this.#upstreams.get(upstream)?.application;
    if (siblings.size === 0 && application !== undefined) this.#byApplication.delete(application);
    this.#upstreams.delete(upstream);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
