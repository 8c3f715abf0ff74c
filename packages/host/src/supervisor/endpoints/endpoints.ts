import { bindTcpSocket, type GivenSocket, type ListeningSocket } from '../../linux/index.ts';
import type { BindingSettings, SiteSettings } from '../activation/revision.ts';
import { endpointKey, planEndpoints, serves, type EndpointAddress } from './endpoint-plan.ts';
import { adopt, isWildcard, matching } from './given-endpoints.ts';

/** What the supervisor holds for an address and the gateways accept on. */
export interface Endpoint extends EndpointAddress {
  /** One socket; several where a service manager opened IPv4 and IPv6 apart. */
  readonly sockets: readonly ListeningSocket[];
}

/** A binding whose socket could not be opened: its site is not served. */
export interface BindingProblem {
  readonly site: SiteSettings;
  readonly binding: BindingSettings;
  /** What is wrong and what to do. */
  readonly message: string;
  readonly code: string;
}

export interface EndpointChange {
  readonly endpoints: readonly Endpoint[];
  readonly problems: readonly BindingProblem[];
  /** Sockets that no binding needs any more; close them once no gateway uses them. */
  readonly obsolete: readonly Endpoint[];
  /** Whether gateways must be replaced to get sockets that they have not inherited. */
  readonly changed: boolean;
  /** Sockets of the service manager that no binding needs. */
  readonly unneeded: readonly GivenSocket[];
}

/**
 * Opens what is new and keeps what stays: connections of other bindings are not touched.
 *
 * @param given sockets that the service manager opened; used before any is bound
 */
export function openEndpoints(
  current: readonly Endpoint[],
  sites: readonly SiteSettings[],
  given: readonly GivenSocket[] = [],
): EndpointChange {
  const held = new Map(current.map((endpoint) => [endpointKey(endpoint), endpoint]));
  const endpoints: Endpoint[] = [];
  const problems: BindingProblem[] = [];
  const needed = new Set<GivenSocket>();
  const givenWildcardPorts = new Set(given.filter(isWildcard).map(({ port }) => port));
  for (const wanted of planEndpoints(sites, givenWildcardPorts)) {
    const handedDown = matching(wanted, given);
    for (const socket of handedDown) needed.add(socket);
    const existing = held.get(endpointKey(wanted));
    if (existing !== undefined) {
      endpoints.push(existing);
      continue;
    }
    try {
      const sockets = handedDown.length > 0 ? handedDown.map(adopt) : [bindTcpSocket(wanted.address, wanted.port)];
      endpoints.push({ ...wanted, sockets });
    } catch (error) {
      problems.push(...problemsOf(wanted, sites, error as NodeJS.ErrnoException));
    }
  }
  const obsolete = current.filter((endpoint) => !endpoints.includes(endpoint));
  const changed = endpoints.length !== current.length || obsolete.length > 0;
  return { endpoints, problems, obsolete, changed, unneeded: given.filter((socket) => !needed.has(socket)) };
}

/** Whether a port is in use by nobody but ourselves, for an address that is let go. */
export function awaitsRelease(problems: readonly BindingProblem[], obsolete: readonly Endpoint[]): boolean {
  return problems.some(
    ({ code, binding }) => code === 'EADDRINUSE' && obsolete.some(({ port }) => port === binding.port),
  );
}

export function closeEndpoints(endpoints: readonly Endpoint[]): void {
  for (const { sockets } of endpoints) for (const socket of sockets) socket.close();
}

function problemsOf(
  endpoint: EndpointAddress,
  sites: readonly SiteSettings[],
  error: NodeJS.ErrnoException,
): BindingProblem[] {
  return sites.flatMap((site) =>
    site.bindings
      .filter((binding) => serves(endpoint, binding))
      .map((binding) => ({ site, binding, message: explain(endpoint, error), code: error.code ?? 'UNKNOWN' })),
  );
}

function explain({ address, port }: EndpointAddress, error: NodeJS.ErrnoException): string {
  const where = `port ${port}${address === '*' ? '' : ` of ${address}`}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `${where} is in use by another program; stop it or choose another port (ss -ltnp shows who listens)`;
    case 'EACCES':
      return `${where} needs more rights: ports below 1024 need root, the capability CAP_NET_BIND_SERVICE, or sysctl net.ipv4.ip_unprivileged_port_start`;
    case 'EADDRNOTAVAIL':
      return `${address} is not an address of this machine; correct the binding, or use * for all addresses`;
    default:
      return `${where} cannot be opened: ${error.message}`;
  }
}
