import { isIPv6 } from 'node:net';

/** Host and port that a request names, normalised for comparison and routing. */
export interface Authority {
  /** Lower case, no trailing dot; IPv6 keeps its brackets. */
  readonly host: string;
  /** Undefined when the text names none. */
  readonly port: number | undefined;
}

/**
 * Parses `uri-host [":" port]`; undefined when the text is anything else. Registered names are letters,
 * digits, `-`, `.` and (tolerated) `_`; no percent-encoding, no user name, no zone of an IPv6 address.
 */
export function parseAuthority(text: string): Authority | undefined {
  if (text.length === 0 || text.length > 262) return undefined;
  return text.charCodeAt(0) === 0x5b ? parseBracketed(text) : parseNamed(text);
}

function parseNamed(text: string): Authority | undefined {
  const colon = text.indexOf(':');
  let host = colon === -1 ? text : text.slice(0, colon);
  if (!/^[A-Za-z0-9._-]+$/.test(host)) return undefined;
  if (host.endsWith('.')) host = host.slice(0, -1);
  if (host === '' || host.startsWith('.') || host.includes('..') || host.length > 253) return undefined;
  return withPort(host, colon === -1 ? '' : text.slice(colon));
}

function parseBracketed(text: string): Authority | undefined {
  const close = text.indexOf(']');
  const address = text.slice(1, close);
  if (close === -1 || address.includes('%') || !isIPv6(address)) return undefined;
  return withPort(text.slice(0, close + 1), text.slice(close + 1));
}

/** `suffix` is empty or begins with the colon; an empty port after it is legal (RFC 3986 §3.2.3). */
function withPort(host: string, suffix: string): Authority | undefined {
  if (!/^(?::\d{0,5})?$/.test(suffix)) return undefined;
  const port = suffix.length > 1 ? Number(suffix.slice(1)) : undefined;
  if (port !== undefined && port > 65_535) return undefined;
  return { host: host.toLowerCase(), port };
}

/** Whether two authorities of the same scheme name the same place. */
export function sameAuthority(one: Authority, other: Authority, secure: boolean): boolean {
  const defaultPort = secure ? 443 : 80;
  return one.host === other.host && (one.port ?? defaultPort) === (other.port ?? defaultPort);
}

/** The last authority of a connection: clients repeat it with every request. */
export class AuthorityCache {
  private text = '';
  private authority: Authority | undefined;

  parse(text: string): Authority | undefined {
    if (this.text !== text || this.authority === undefined) {
      this.authority = parseAuthority(text);
      this.text = text;
    }
    return this.authority;
  }
}
