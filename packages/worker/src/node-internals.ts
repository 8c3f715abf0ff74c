import http from 'node:http';
import net from 'node:net';

/**
 * Everything this package uses of Node.js beyond its documentation, in one place; the suite runs it on every
 * supported version.
 *
 * - `net.Server.prototype._listen2`: every form of `listen` ends there, with arguments checked and names looked
 *   up. Node.js keeps the name "to avoid breaking code that wraps this method" (lib/net.js, listenInCluster).
 * - `server._handle`: anything with the members of `ListenHandle`; node:cluster puts stand-ins there too.
 * - `IncomingMessage.prototype._addHeaderLines(fields, count)`: the parser hands a head over before any header
 *   object exists.
 * - The symbol `kChannelHandle` of `process` (see `channel/adopt-ipc.ts`) and `new net.Socket({ handle })`.
 * - `response.shouldKeepAlive`: whether the connection outlives the response.
 */
export interface ListenHandle {
  /** 0, or a negative errno. */
  listen(backlog: number): number;
  close(callback?: () => void): void;
  ref(): void;
  unref(): void;
  getsockname?(name: Partial<net.AddressInfo>): number;
  /** Set by Node.js when the server listens; `this` must be the handle. */
  onconnection?: (status: number, client: ClientHandle | undefined) => void;
}

/** Handle of one accepted connection. */
export interface ClientHandle {
  close(): void;
  getpeername?(name: Partial<net.AddressInfo>): number;
  getsockname?(name: Partial<net.AddressInfo>): number;
}

export type InternalServer = net.Server & { _handle: ListenHandle | null };
export type InternalSocket = net.Socket & { _handle: ClientHandle | null };

export type Listen2 = (
  this: InternalServer,
  address: string | null,
  port: number | null,
  addressType: number | null,
  backlog: number,
  fd?: number,
  flags?: number,
) => void;

export type AddHeaderLines = (this: http.IncomingMessage, fields: string[], count: number) => void;

/** Prototypes with the undocumented methods that are replaced. */
export interface NodeInternals {
  readonly serverPrototype: { _listen2: Listen2 };
  readonly messagePrototype: { _addHeaderLines: AddHeaderLines };
  readonly socketPrototype: { connect: net.Socket['connect'] };
}

/** @throws Error when this Node.js lacks one of them: a worker that half works would serve requests unchecked */
export function nodeInternals(): NodeInternals {
  const serverPrototype = net.Server.prototype as unknown as NodeInternals['serverPrototype'];
  const messagePrototype = http.IncomingMessage.prototype as unknown as NodeInternals['messagePrototype'];
  if (typeof serverPrototype._listen2 !== 'function' || typeof messagePrototype._addHeaderLines !== 'function') {
    throw new Error(
      `Node.js ${process.version} cannot host in-process: use Node.js 20, 22, 24 or 26, or hostingModel="outofprocess"`,
    );
  }
  return { serverPrototype, messagePrototype, socketPrototype: net.Socket.prototype };
}
