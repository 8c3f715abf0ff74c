import { BlockList, isIPv6 } from 'node:net';
import type { SitePlan } from '@poolhouse/contract';

/** Connections of one client address; a client behind it that needs more is a trusted proxy. */
const perAddress = 1_000;

/** Counts client connections: in all, per address, per site. */
export class ConnectionLimits {
  private total = 0;
  private readonly addresses = new Map<string, number>();
  private readonly sites = new Map<number, number>();
  private readonly maximum: number;
  /** How many gateways share the limits of a site. */
  gateways = 1;

  constructor(maximum: number) {
    this.maximum = maximum;
  }

  /** Counts the connection and returns true, or returns false when there are too many. */
  enter(address: string, unlimited: boolean): boolean {
    const here = this.addresses.get(address) ?? 0;
    if (this.total >= this.maximum || (here >= perAddress && !unlimited)) return false;
    this.total++;
    this.addresses.set(address, here + 1);
    return true;
  }

  leave(address: string): void {
    this.total--;
    decrement(this.addresses, address);
  }

  enterSite({ id, maxConnections }: SitePlan): boolean {
    const here = this.sites.get(id) ?? 0;
    if (here >= Math.max(1, Math.floor(maxConnections / this.gateways))) return false;
    this.sites.set(id, here + 1);
    return true;
  }

  leaveSite(id: number): void {
    decrement(this.sites, id);
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
    const slash = entry.indexOf('/');
    const address = slash === -1 ? entry : entry.slice(0, slash);
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (slash === -1) this.ranges.addAddress(address, family);
    else this.ranges.addSubnet(address, Number(entry.slice(slash + 1)), family);
  }

  has(address: string): boolean {
    return address === 'unix' ? this.unix : this.ranges.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }
}
