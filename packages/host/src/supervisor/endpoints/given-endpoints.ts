import { isIPv6, SocketAddress } from 'node:net';
import type { GivenSocket, ListeningSocket } from '../../linux/index.ts';
import type { EndpointAddress } from './endpoint-plan.ts';

/** Whether a socket takes connections to every address of a family. */
export function isWildcard({ address }: GivenSocket): boolean {
  return address === '::' || address === '0.0.0.0';
}

/**
 * The given sockets that serve an endpoint. For all addresses the service manager has the last word on what
 * that is: `[::]` with IPv4 or without, `0.0.0.0`, or both; beside them those for single addresses, to which the
 * kernel hands the connections that they match.
 */
export function matching(wanted: EndpointAddress, given: readonly GivenSocket[]): readonly GivenSocket[] {
  const ofPort = given.filter(({ port }) => port === wanted.port);
  if (wanted.address === '*') return ofPort.some(isWildcard) ? ofPort : [];
  return ofPort.filter(({ address }) => address === canonical(wanted.address));
}

/**
 * A given socket as one of ours. It is never closed: the service manager holds it as well, so that its port
 * would not be free, and a later configuration may need it again.
 */
export function adopt({ fd, port }: GivenSocket): ListeningSocket {
  return { fd, port, close: () => {} };
}

/** One spelling for each IPv6 address, that of the kernel's own. */
function canonical(address: string): string {
  return isIPv6(address) ? new SocketAddress({ address, family: 'ipv6' }).address : address;
}
