import type { UpstreamCounts } from './upstream-counts.ts';

/** One gateway is told at most this often, unless it matters, milliseconds. */
const pauseMs = 1_000;

interface Listener {
  /** What it was told: requests elsewhere, by upstream. Nothing said means none. */
  readonly told: Map<number, number>;
  readonly changed: Set<number>;
  toldAt: number;
  /** An upstream that was idle elsewhere has become busy, or the other way round: that decides who is chosen. */
  matters: boolean;
}

export interface LoadElsewhere {
  readonly id: number;
  readonly active: number;
}

/**
 * What each gateway is to hear of the requests that the others have in flight, so that all choose the least active
 * upstream alike. Only upstreams among which there is a choice are spoken of.
 */
export class LoadBroadcast {
  readonly #counts: UpstreamCounts;
  readonly #listeners = new Map<number, Listener>();

  constructor(counts: UpstreamCounts) {
    this.#counts = counts;
  }

  /** A gateway that knows nothing: it is new, or begins afresh. */
  join(gateway: number): void {
    const listener: Listener = { told: new Map(), changed: new Set(), toldAt: -Infinity, matters: false };
    this.#listeners.set(gateway, listener);
    for (const upstream of this.#counts.chosenFrom) this.#note(gateway, listener, upstream);
  }

  leave(gateway: number): void {
    this.#listeners.delete(gateway);
  }

  /** The counts of these upstreams, or what they are chosen from, may be others now. */
  changed(upstreams: Iterable<number>): void {
    for (const upstream of upstreams) {
      for (const [gateway, listener] of this.#listeners) this.#note(gateway, listener, upstream);
    }
  }

  #elsewhere(upstream: number, gateway: number): number {
    return this.#counts.siblings(upstream).size < 2 ? 0 : this.#counts.elsewhere(upstream, gateway);
  }

  #note(gateway: number, listener: Listener, upstream: number): void {
    const told = listener.told.get(upstream) ?? 0;
    const active = this.#elsewhere(upstream, gateway);
    if (active === told) {
      listener.changed.delete(upstream);
      return;
    }
    listener.changed.add(upstream);
    if ((active === 0) !== (told === 0)) listener.matters = true;
  }

  forgetUpstream(upstream: number): void {
    for (const { told, changed } of this.#listeners.values()) {
      told.delete(upstream);
      changed.delete(upstream);
    }
  }

  /** Who is to be told something, and when at the earliest. */
  *due(): Generator<readonly [gateway: number, at: number]> {
    for (const [gateway, { changed, matters, toldAt }] of this.#listeners) {
      if (changed.size > 0) yield [gateway, matters ? -Infinity : toldAt + pauseMs];
    }
  }

  /** What to tell a gateway now; it counts as told. */
  take(gateway: number, now: number): LoadElsewhere[] {
    const listener = this.#listeners.get(gateway);
    if (listener === undefined) return [];
    const load = [...listener.changed].map((id) => ({ id, active: this.#elsewhere(id, gateway) }));
    for (const { id, active } of load) listener.told.set(id, active);
    listener.changed.clear();
    listener.matters = false;
    listener.toldAt = now;
    return load;
  }
}
