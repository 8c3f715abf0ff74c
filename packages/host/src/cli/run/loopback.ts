import { networkInterfaces } from 'node:os';
import type { NetworkInterfaceInfo } from 'node:os';

/** The loopback addresses that this machine has: a browser's `localhost` may mean either. */
export function loopbackAddresses(
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): readonly string[] {
  const hasIpv6 = Object.values(interfaces).some((list) => list?.some(({ address }) => address === '::1') === true);
  return hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
}

/** IPv4 addresses by which other machines of the network reach this one. */
export function lanAddresses(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces()): readonly string[] {
  return Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
