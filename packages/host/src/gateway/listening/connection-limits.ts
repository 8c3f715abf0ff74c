import { BlockList, isIPv6 } from 'node:net';
import { connectionsOf, parseTrustedProxy } from '@poolhouse/contract';
import type { LeasedLimits } from '../control/leased-limits.ts';

/** Connections of one client address; a client behind it that needs more is a trusted proxy. */
const perAddress = 1_000;
/** Requests of which a part of the head has come: at most 64 MiB, see `maxRequestBytes`. */
const maxHalfReceived = 4_096;

/** A connection that waits to hear whether its site has a place for it. */
export interface SiteEntrant {
  siteAnswered(entered: boolean): void;
}

/** A limit that a client ran into. */
export type ReachedLimit = 'connections' | 'connections of one address' | 'half-received requests' | 'buffered bodies';

/** Counts client connections: in all, per address, per site; and what has come of a request that is not whole. */
export class ConnectionLimits {
  private total = 0;
  private halfReceived = 0;
  private readonly addresses = new Map<string, number>();
  private readonly entrants = new Map<number, Set<SiteEntrant>>();
  private readonly maximum: number;
  private readonly limits: LeasedLimits;
  private readonly reached: (limit: ReachedLimit) => void;

  constructor(maximum: number, limits: LeasedLimits, reached: (limit: ReachedLimit) => void) {
    this.maximum = maximum;
    this.limits = limits;
    this.reached = reached;
  }

  /** Counts the connection and returns true, or returns false when there are too many. */
  enter(address: string, unlimited: boolean): boolean {
    const here = this.addresses.get(address) ?? 0;
    if (this.total >= this.maximum) return this.refuse('connections');
    if (here >= perAddress && !unlimited) return this.refuse('connections of one address');
    this.total++;
    this.addresses.set(address, here + 1);
    return true;
  }

  leave(address: string): void {
    this.total--;
    decrement(this.addresses, address);
  }

  /** The first part of a head has come; false when there are too many such. Counts until `endHead`. */
  beginHead(): boolean {
    if (this.halfReceived >= maxHalfReceived) return this.refuse('half-received requests');
    this.halfReceived++;
    return true;
  }

  endHead(): void {
    this.halfReceived--;
  }

  /** A body was refused, because too much of others is held already. */
  refuseBody(): void {
    this.reached('buffered bodies');
  }

  /** Counts the connection for the site until `leaveSite`. `asked`: the entrant gets the answer, see `abandonSite`. */
  enterSite(id: number, entrant: SiteEntrant): 'taken' | 'asked' | 'refused' {
    const limit = this.limits.get(connectionsOf(id));
    const place = limit.take();
    if (place === 'asked') {
      const waiting = this.entrants.get(id) ?? new Set();
      this.entrants.set(id, waiting.add(entrant));
      limit.whenAnswered = () => this.answer(id);
    }
    return place;
  }

  leaveSite(id: number): void {
    this.limits.get(connectionsOf(id)).release();
  }

  /** The client left before there was an answer. */
  abandonSite(id: number, entrant: SiteEntrant): void {
    this.entrants.get(id)?.delete(entrant);
  }

  private answer(id: number): void {
    const limit = this.limits.get(connectionsOf(id));
    const waiting = this.entrants.get(id) ?? new Set();
    for (const entrant of waiting) {
      const place = limit.take();
      if (place === 'asked') return;
      waiting.delete(entrant);
      entrant.siteAnswered(place === 'taken');
    }
    this.entrants.delete(id);
    limit.whenAnswered = undefined;
  }

  private refuse(limit: ReachedLimit): false {
    this.reached(limit);
    return false;
  }
}

function decrement<Key>(counts: Map<Key, number>, key: Key): void {
  const count = (counts.get(key) ?? 0) - 1;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}

/** Peers whose statements about clients are believed: addresses, CIDR ranges, `unix`. Throws on anything else. */
export class TrustedProxies {
  private readonly ranges = new BlockList();
  private readonly unix: boolean;

  constructor(entries: readonly string[]) {
    this.unix = entries.includes('unix');
    for (const entry of entries) if (entry !== 'unix') this.add(entry);
  }

  private add(entry: string): void {
    const range = parseTrustedProxy(entry);
    if (range === undefined || range === 'unix') throw new TypeError(`${entry} is no range of addresses`);
    this.ranges.addSubnet(range.address, range.prefix, range.family);
  }

  has(address: string): boolean {
    return address === 'unix' ? this.unix : this.ranges.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }
}
