import type { BindingSettings, SiteSettings } from '../activation/revision.ts';

/** A socket to listen on; several bindings may share one. */
export interface EndpointAddress {
  /** `*` or a numeric address. */
  readonly address: string;
  readonly port: number;
  readonly protocol: 'http' | 'https';
}

/**
 * The sockets that a set of sites needs, one per address and port. Where any binding of a port is for all
 * addresses, one socket for all takes every connection of that port, and the gateway tells the addresses
 * apart: a specific address bound beside a wildcard would depend on the order of binding.
 *
 * @param givenWildcardPorts ports that the service manager has opened for all addresses already
 */
export function planEndpoints(
  sites: readonly SiteSettings[],
  givenWildcardPorts: ReadonlySet<number> = new Set(),
): EndpointAddress[] {
  const bindings = sites.flatMap((site) => site.bindings);
  const wildcardPorts = new Set(givenWildcardPorts);
  for (const { address, port } of bindings) if (address === '*') wildcardPorts.add(port);
  const endpoints = new Map<string, EndpointAddress>();
  for (const binding of bindings) {
    const address = wildcardPorts.has(binding.port) ? '*' : binding.address;
    endpoints.set(endpointKey({ ...binding, address }), { address, port: binding.port, protocol: binding.protocol });
  }
  return [...endpoints.values()];
}

/** Whether a binding is served by an endpoint. */
export function serves(endpoint: EndpointAddress, binding: BindingSettings): boolean {
  return endpoint.port === binding.port && (endpoint.address === '*' || endpoint.address === binding.address);
}

export function endpointKey({ address, port }: Pick<EndpointAddress, 'address' | 'port'>): string {
  return `${address}|${port}`;
}
