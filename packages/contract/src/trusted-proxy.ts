import { isIP } from 'node:net';

/** Peers whose statements about clients are believed: a range of addresses, or every peer on a unix socket. */
export type TrustedProxy = 'unix' | TrustedRange;

export interface TrustedRange {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  /** Leading bits of the address that count: 32 or 128 for a single one. */
  readonly prefix: number;
}

/**
 * Reads `unix`, an address, or a range in CIDR notation; undefined for anything else. Nothing is read generously:
 * `10.0.0.0/` would be the whole internet to a reader who takes the missing number for 0. IPv4 clients of an IPv6
 * socket are known by their IPv4 address, so a range in `::ffff:0:0/96` would never be met and is none.
 */
export function parseTrustedProxy(text: string): TrustedProxy | undefined {
  if (text === 'unix') return 'unix';
  const [, address = '', bits] = /^([^/%]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0 || /^::ffff:/i.test(address)) return undefined;
  const longest = version === 6 ? 128 : 32;
  const prefix = bits === undefined ? longest : Number(bits);
  return prefix > longest ? undefined : { address, family: version === 6 ? 'ipv6' : 'ipv4', prefix };
}
