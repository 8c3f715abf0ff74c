import { chmodSync, chownSync, rmSync } from 'node:fs';
import { BoundSocket, type BoundSocketOptions } from 'node:net';

/**
 * A socket that the supervisor holds bound and never accepts on. A child inherits its descriptor at spawn
 * and listens (`server.listen({ fd })`); after the first child has listened, connections wait in the
 * kernel while no child lives.
 *
 * Not a `net.Server` in the parent (it would steal connections), not `cluster` (it loses the port when its
 * last worker dies), and never sent over a channel (that moves the socket instead of sharing it).
 */
export interface ListeningSocket {
  /** Valid for the `stdio` list of a spawn as long as the socket is not closed. */
  readonly fd: number;
  /** The port that was bound; 0 for a unix socket. */
  readonly port: number;
  /** Idempotent. Removes the file of a unix socket. */
  close(): void;
}

/**
 * Binds a TCP socket.
 *
 * @param address `*` (dual-stack where IPv6 exists), or a numeric IPv4 or IPv6 address
 * @throws NodeJS.ErrnoException EADDRINUSE, EACCES, EADDRNOTAVAIL
 */
export function bindTcpSocket(address: string, port: number): ListeningSocket {
  const socket =
    address === '*' ? bindAnyAddress(port) : new BoundSocket({ host: address, port, ipv6Only: address.includes(':') });
  return { fd: descriptor(socket), port: (socket.address() as { port: number }).port, close: () => socket.close() };
}

function bindAnyAddress(port: number): BoundSocket {
  try {
    return new BoundSocket({ host: '::', port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAFNOSUPPORT') throw error;
    return new BoundSocket({ host: '0.0.0.0', port });
  }
}

/** Bytes of a path that fit `sockaddr_un` with room to spare (the kernel allows 107). */
export const unixPathLimit = 100;

/**
 * Binds a unix socket for a worker. Only the gateway's group may connect; the worker itself inherits the
 * descriptor and needs no right on the path.
 *
 * @param owner ids of the supervisor's user and the gateway's group, or undefined without root
 */
export function bindUnixSocket(path: string, owner?: { readonly uid: number; readonly gid: number }): ListeningSocket {
  if (Buffer.byteLength(path) > unixPathLimit) {
    throw new Error(`the socket path ${path} has more than ${unixPathLimit} bytes; choose a shorter run folder`);
  }
  rmSync(path, { force: true });
  // The published types do not know `path` yet, which Node.js has had since it has BoundSocket.
  const socket = new BoundSocket({ path } as BoundSocketOptions);
  const close = (): void => {
    socket.close();
    rmSync(path, { force: true });
  };
  try {
    chmodSync(path, 0o660);
    if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
    return { fd: descriptor(socket), port: 0, close };
  } catch (error) {
    close();
    throw error;
  }
}

function descriptor(socket: BoundSocket): number {
  const fd = socket.fd();
  if (fd === undefined || fd < 0) throw new Error('the bound socket has no descriptor');
  return fd;
}
