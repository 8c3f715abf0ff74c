import {
  clientFactsHeader,
  formatConnectionFacts,
  pairingTokenHeader,
  type ClientFacts,
  type Upstream,
} from '@poolhouse/contract';
import type { ClientConnectionFacts } from '../pipeline/exchange.ts';
import type { ForwardableExchange } from '../pipeline/forwardable.ts';

type Version = '1.0' | '1.1' | '2.0';

/**
 * The fields that the gateway adds to a request, whole lines, the first right after the request line:
 * the client facts for a worker, which looks for them there, or the pairing token for an application process,
 * then who the client is.
 */
export function hopFields(exchange: ForwardableExchange, upstream: Upstream): string {
  const { hopCache, forwarded, connection, request } = exchange;
  if (forwarded.forwardedFor !== '' || forwarded.forwardedProto !== '') {
    return formatHopFields(upstream, connection, request.version, forwarded.forwardedFor, forwarded.forwardedProto);
  }
  if (hopCache.upstream !== upstream.id || hopCache.version !== request.version) {
    hopCache.upstream = upstream.id;
    hopCache.version = request.version;
    hopCache.fields = formatHopFields(upstream, connection, request.version, '', '');
  }
  return hopCache.fields;
}

/** `forwardedFor` and `forwardedProto`: chains of a trusted peer that ours is appended to. */
export function formatHopFields(
  upstream: Upstream,
  client: ClientConnectionFacts,
  version: Version,
  forwardedFor: string,
  forwardedProto: string,
): string {
  const scheme = client.secure ? 'https' : 'http';
  const identity =
    upstream.kind === 'worker'
      ? `${clientFactsHeader}: ${upstream.token} ${formatConnectionFacts(factsOf(client, version))}\r\n`
      : `${pairingTokenHeader}: ${upstream.token}\r\n`;
  return (
    `${identity}X-Forwarded-For: ${chain(forwardedFor)}${forwardedAddress(client, upstream.forwardPort)}\r\n` +
    `X-Forwarded-Proto: ${chain(forwardedProto)}${scheme}\r\n`
  );
}

function factsOf(client: ClientConnectionFacts, version: Version): Omit<ClientFacts, 'token'> {
  return {
    scheme: client.secure ? 'https' : 'http',
    version,
    port: client.remotePort,
    address: client.remoteAddress,
  };
}

function chain(before: string): string {
  return before === '' ? '' : `${before}, `;
}

/** `203.0.113.7`, `203.0.113.7:51234`, `2001:db8::1`, `[2001:db8::1]:51234` or `unix`. */
function forwardedAddress(client: ClientConnectionFacts, withPort: boolean): string {
  const { remoteAddress, remotePort } = client;
  if (!withPort || remoteAddress === 'unix') return remoteAddress;
  return remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
