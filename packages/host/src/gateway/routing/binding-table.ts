import { SocketAddress, isIP } from 'node:net';
import type { BindingPlan } from '@poolhouse/contract';

/** Which binding takes a request; the cost does not depend on the number of bindings. */
export interface BindingTable<Value> {
  /** `address` is numeric, `host` lower case without port, empty when absent. */
  find(address: string, port: number, secure: boolean, host: string): Value | undefined;
}

/** Bindings of one host (or of the empty one) on one port. */
interface AddressTable<Value> {
  readonly exact: Map<string, Value>;
  any: Value | undefined;
}

interface PortTable<Value> {
  readonly hosts: Map<string, AddressTable<Value>>;
  /** By what follows the `*.` */
  readonly wildcards: Map<string, AddressTable<Value>>;
  readonly anyHost: AddressTable<Value>;
}

/** Of equal bindings the first counts: activation lets only one site have it. */
export function createBindingTable<Value>(
  bindings: Iterable<readonly [binding: BindingPlan, value: Value]>,
): BindingTable<Value> {
  const ports = new Map<number, PortTable<Value>>();
  for (const [binding, value] of bindings) {
    const port = getOrAdd(ports, portKey(binding.port, binding.protocol === 'https'), emptyPort<Value>);
    add(addressesOf(port, binding.host), binding.address, value);
  }

  return {
    find(address, port, secure, host) {
      const table = ports.get(portKey(port, secure));
      if (table === undefined) return undefined;
      const local = address.startsWith('::ffff:') ? address.slice(7) : address;
      return (
        (host === '' ? undefined : findHost(table, local, host)) ?? table.anyHost.exact.get(local) ?? table.anyHost.any
      );
    },
  };
}

/** Exact host before wildcard; in each, the specific address before any, then the longest suffix. */
function findHost<Value>(table: PortTable<Value>, address: string, host: string): Value | undefined {
  const named = table.hosts.get(host);
  const found = named?.exact.get(address) ?? named?.any;
  if (found !== undefined || table.wildcards.size === 0) return found;
  let anyAddress: Value | undefined;
  for (let label = host.indexOf('.'); label !== -1; label = host.indexOf('.', label + 1)) {
    const wildcard = table.wildcards.get(host.slice(label + 1));
    const exact = wildcard?.exact.get(address);
    if (exact !== undefined) return exact;
    anyAddress ??= wildcard?.any;
  }
  return anyAddress;
}

function addressesOf<Value>(port: PortTable<Value>, host: string): AddressTable<Value> {
  if (host === '') return port.anyHost;
  if (host.startsWith('*.')) return getOrAdd(port.wildcards, host.slice(2), emptyAddresses<Value>);
  return getOrAdd(port.hosts, host, emptyAddresses<Value>);
}

function add<Value>(table: AddressTable<Value>, address: string, value: Value): void {
  if (address === '*') {
    table.any ??= value;
    return;
  }
  const key = isIP(address) === 6 ? new SocketAddress({ address, family: 'ipv6' }).address : address;
  if (!table.exact.has(key)) table.exact.set(key, value);
}

/** One number per port and scheme: a port is never both, but a plan must not be able to confuse them. */
function portKey(port: number, secure: boolean): number {
  return port * 2 + (secure ? 1 : 0);
}

function emptyPort<Value>(): PortTable<Value> {
  return { hosts: new Map(), wildcards: new Map(), anyHost: emptyAddresses() };
}

function emptyAddresses<Value>(): AddressTable<Value> {
  return { exact: new Map(), any: undefined };
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = create()));
  return value;
}
