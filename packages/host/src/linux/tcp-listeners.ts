import { readFileSync } from 'node:fs';

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
export function listenersOnPort(port: number, tables: readonly string[] = readTables()): TcpListener[] {
  const listeners: TcpListener[] = [];
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const table of tables) {
    for (const line of table.split('\n')) {
      if (!line.includes(suffix)) continue;
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === listenState && local.endsWith(suffix) && reachable.has(local.slice(0, -suffix.length)) && inode) {
        listeners.push({ port, inode });
      }
    }
  }
  return listeners;
}

function readTables(): string[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      return ''; // a kernel without IPv6
    }
  });
}
