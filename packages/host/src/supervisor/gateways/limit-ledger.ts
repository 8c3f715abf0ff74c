import { leaseBlock, type Leases, shareOf, type SharedLimit } from '@poolhouse/contract';

/** What the ledger says to a gateway. */
export interface LedgerMessages {
  answer(gateway: number, limit: SharedLimit, granted: number): void;
  recall(gateway: number, limit: SharedLimit, places: number): void;
}

/** A gateway needs places; it hears of none when all `awaiting` have had nothing to spare. */
interface Ask {
  readonly gateway: number;
  readonly awaiting: Set<number>;
}

interface Account {
  total: number;
  /** Places that are with gateways, or on their way to or from them. */
  out: number;
  readonly held: Map<number, number>;
  /** Gateways that have yet to answer a recall. */
  readonly recalled: Set<number>;
  asks: readonly Ask[];
}

/**
 * Who holds how many places of each limit that the gateways share. A place counts for a gateway from the moment it
 * is sent there until its return has arrived, so that what gateways may use never exceeds the limit.
 *
 *   ask ─► places that are free, at least a block, up to the gateway's share
 *       ─► none free: every other gateway that holds some is asked to spare some; the answer follows theirs
 *
 * A lower limit is paid back by the gateways themselves; until then nothing is granted.
 */
export class LimitLedger {
  readonly #accounts = new Map<SharedLimit, Account>();
  readonly #gateways = new Set<number>();
  readonly #messages: LedgerMessages;
  readonly #size: number;

  /** `size`: how many gateways share the limits. */
  constructor(size: number, messages: LedgerMessages) {
    this.#size = size;
    this.#messages = messages;
  }

  /** What a gateway gets with its snapshot: its share, as far as others have not leased it. */
  join(gateway: number): Leases {
    this.#gateways.add(gateway);
    return this.deal(gateway, this.#accounts.keys());
  }

  /** Brings a gateway up to its share of these limits; returns what that gives it. */
  deal(gateway: number, limits: Iterable<SharedLimit>): Leases {
    const leases: Record<SharedLimit, number> = {};
    for (const limit of limits) {
      const account = this.#accounts.get(limit);
      if (account === undefined) continue;
      const places = hand(account, gateway, this.#missingShare(account, gateway));
      if (places > 0) leases[limit] = places;
    }
    return leases;
  }

  /** What a plan says of a limit; Infinity = none, which needs no places. */
  set(limit: SharedLimit, total: number): void {
    const account = this.#accounts.get(limit) ?? { total: 0, out: 0, held: new Map(), recalled: new Set(), asks: [] };
    account.total = total === Infinity ? 0 : total;
    this.#accounts.set(limit, account);
    this.#settle(limit, account);
  }

  /** A gateway has no place left; it is answered once. */
  ask(gateway: number, limit: SharedLimit): void {
    if (!this.#gateways.has(gateway)) return;
    const account = this.#accounts.get(limit);
    if (account === undefined) return this.#messages.answer(gateway, limit, 0);
    if (account.asks.some((ask) => ask.gateway === gateway)) return;
    account.asks = [...account.asks, { gateway, awaiting: this.#recall(limit, account, gateway) }];
    this.#settle(limit, account);
  }

  #recall(limit: SharedLimit, account: Account, asking: number): Set<number> {
    const awaiting = new Set<number>();
    if (account.out < account.total || account.total === 0) return awaiting;
    for (const [gateway, places] of account.held) {
      if (gateway === asking || places === 0) continue;
      awaiting.add(gateway);
      if (account.recalled.has(gateway)) continue;
      account.recalled.add(gateway);
      this.#messages.recall(gateway, limit, leaseBlock);
    }
    return awaiting;
  }

  /** Places have come back; `recalled`: as the answer to a recall. */
  returned(gateway: number, limit: SharedLimit, places: number, recalled: boolean): void {
    const account = this.#accounts.get(limit);
    if (account === undefined || !this.#gateways.has(gateway)) return;
    const held = account.held.get(gateway) ?? 0;
    const back = Math.min(places, held);
    account.held.set(gateway, held - back);
    account.out -= back;
    if (recalled) hasAnswered(account, gateway);
    this.#settle(limit, account);
  }

  /** A gateway is gone, and with it what it used. */
  leave(gateway: number): void {
    this.#gateways.delete(gateway);
    for (const [limit, account] of this.#accounts) {
      account.out -= account.held.get(gateway) ?? 0;
      account.held.delete(gateway);
      account.asks = account.asks.filter((ask) => ask.gateway !== gateway);
      hasAnswered(account, gateway);
      this.#settle(limit, account);
    }
  }

  /** Answers those who can be answered, first come, first served. */
  #settle(limit: SharedLimit, account: Account): void {
    const { asks } = account;
    account.asks = [];
    const open: Ask[] = [];
    for (const ask of asks) {
      const wanted = Math.max(leaseBlock, this.#missingShare(account, ask.gateway));
      const granted = hand(account, ask.gateway, wanted);
      if (granted === 0 && ask.awaiting.size > 0) open.push(ask);
      else this.#messages.answer(ask.gateway, limit, granted);
    }
    account.asks = open;
    if (account.total === 0 && account.out === 0) this.#accounts.delete(limit);
  }

  #missingShare(account: Account, gateway: number): number {
    return Math.max(0, shareOf(account.total, this.#size) - (account.held.get(gateway) ?? 0));
  }
}

/** Gives a gateway up to `wanted` of the places that are free. */
function hand(account: Account, gateway: number, wanted: number): number {
  const places = Math.max(0, Math.min(wanted, account.total - account.out));
  if (places === 0) return 0;
  account.held.set(gateway, (account.held.get(gateway) ?? 0) + places);
  account.out += places;
  return places;
}

function hasAnswered(account: Account, gateway: number): void {
  account.recalled.delete(gateway);
  for (const { awaiting } of account.asks) awaiting.delete(gateway);
}
