import { isIP } from 'node:net';

/** A client's end of a connection. */
export interface ClientAddress {
  /** IPv4 or IPv6 address without brackets. */
  readonly address: string;
  /** 0 when it was not told. */
  readonly port: number;
}

/** A list field without its last element, and that element. */
export interface LastElement {
  /** Empty when there was only one element. */
  readonly rest: string;
  readonly last: string;
}

/**
 * Splits off what the nearest proxy, our gateway, appended. Only this element is believed: everything before
 * it is what the client or another proxy says.
 */
export function splitLastElement(list: string): LastElement {
  const comma = list.lastIndexOf(',');
  return { rest: comma === -1 ? '' : list.slice(0, comma).trim(), last: list.slice(comma + 1).trim() };
}

/**
 * Parses an element of `X-Forwarded-For`: `203.0.113.7`, `203.0.113.7:51234`, `[2001:db8::1]:51234`,
 * `[2001:db8::1]` or `2001:db8::1`. Undefined for anything else, such as `unix` or `unknown`.
 */
export function parseForwardedFor(element: string): ClientAddress | undefined {
  if (isIP(element) !== 0) return { address: element, port: 0 };
  const match = /^(?:\[([^[\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(element);
  if (match === null) return undefined;
  const [, bracketed, plain, portText] = match;
  const port = portText === undefined ? 0 : Number(portText);
  if (port > 65_535) return undefined;
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { address: bracketed, port } : undefined;
  return plain !== undefined && isIP(plain) === 4 ? { address: plain, port } : undefined;
}

/** Parses an element of `X-Forwarded-Proto`; undefined for schemes that no request can have. */
export function parseForwardedProto(element: string): 'http' | 'https' | undefined {
  const scheme = element.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}
