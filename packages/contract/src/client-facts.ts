import { isPairingToken } from './pairing-token.ts';

/**
 * What the gateway knows about a client's connection and an in-process worker does not:
 * the worker's peer is the gateway's unix socket.
 *
 * On the wire it is the first field after the request line, so that the worker need not search for it:
 * `MS-ASPNETCORE-CLIENT: <token> <scheme> <version> <port> <address>`, for example
 * `MS-ASPNETCORE-CLIENT: 9f…c4 https 2.0 51234 2001:db8::1`.
 */
export interface ClientFacts {
  readonly token: string;
  readonly scheme: 'http' | 'https';
  /** The version the client spoke: `1.0`, `1.1` or `2.0`. */
  readonly version: string;
  /** Port of the client; 0 for a unix socket. */
  readonly port: number;
  /** IPv4 or IPv6 address without brackets, or `unix`. */
  readonly address: string;
}

/** Formats the part after the token; it is the same for all requests of one connection. */
export function formatConnectionFacts(facts: Omit<ClientFacts, 'token'>): string {
  return `${facts.scheme} ${facts.version} ${facts.port} ${facts.address}`;
}

/** Parses a header value; undefined when it is not in the form above. */
export function parseClientFacts(value: string): ClientFacts | undefined {
  const [token, scheme, version, port, address, ...rest] = value.split(' ');
  if (address === undefined || address === '' || rest.length > 0) return undefined;
  if (scheme !== 'http' && scheme !== 'https') return undefined;
  if (!isPairingToken(token) || !/^\d\.\d$/.test(version ?? '') || !/^\d{1,5}$/.test(port ?? '')) return undefined;
  return { token, scheme, version: version as string, port: Number(port), address };
}
