import { readFileSync } from 'node:fs';
import { SocketAddress } from 'node:net';

/** A TCP socket in state LISTEN that takes connections to 127.0.0.1. */
export interface TcpListener {
  readonly port: number;
  readonly inode: string;
}

const listenState = '0A';

/** Little-endian hexadecimal of the addresses that a connection to 127.0.0.1 reaches. */
const reachable = new Set([
  '0100007F', // 127.0.0.1
  '00000000', // 0.0.0.0
  '00000000000000000000000000000000', // ::, dual-stack
  '0000000000000000FFFF00000100007F', // ::ffff:127.0.0.1
]);

/**
 * The listeners on one port. A socket bound to `::` with IPv6-only on looks the same as a dual-stack one
 * here; the first request tells them apart.
 *
 * @param tables contents of /proc/net/tcp and /proc/net/tcp6
 */
export function listenersOnPort(port: number, tables: readonly string[] = readTcpTables()): TcpListener[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return rowsWith(suffix, tables)
    .filter(({ local }) => local.endsWith(suffix) && reachable.has(local.slice(0, -suffix.length)))
    .map(({ inode }) => ({ port, inode }));
}

/** Where a listening TCP socket is bound; undefined when the inode is none of this network namespace. */
export function localAddressOfListener(
  inode: string,
  tables: readonly string[] = readTcpTables(),
): { readonly address: string; readonly port: number } | undefined {
  const row = rowsWith(` ${inode} `, tables).find((each) => each.inode === inode);
  const [, address, port] = /^([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4})$/.exec(row?.local ?? '') ?? [];
  if (address === undefined || port === undefined) return undefined;
  return { address: addressOf(address), port: Number.parseInt(port, 16) };
}

/** The kernel's tables of TCP sockets, IPv4 and IPv6. */
export function readTcpTables(): string[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      return ''; // a kernel without IPv6
    }
  });
}

/** Lines of listening sockets that contain a text, which is looked for before a line is taken apart. */
function rowsWith(text: string, tables: readonly string[]): { readonly local: string; readonly inode: string }[] {
  const rows: { local: string; inode: string }[] = [];
  for (const table of tables) {
    for (const line of table.split('\n')) {
      if (!line.includes(text)) continue;
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === listenState && inode) rows.push({ local, inode });
    }
  }
  return rows;
}

/** Words of four bytes, each in the order of the machine: little-endian wherever Node.js is published for. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex')].reverse());
  if (bytes.length === 4) return bytes.join('.');
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  if (mapped) return bytes.slice(12).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0));
  const address = groups.map((group) => group.toString(16)).join(':');
  return new SocketAddress({ address, family: 'ipv6' }).address;
}
