import { isIPv6, type Socket } from 'node:net';
import type { ClientAddress } from './forwarded.ts';

/** What a socket says of its other end. */
export interface Peer {
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly family: string | undefined;
}

/**
 * Lets a socket that comes from the gateway tell of the client instead: `remoteAddress`, `remotePort`,
 * `remoteFamily` and `encrypted` are where every framework looks. The gateway sends one request at a time over a
 * connection and may use it for another client next, so `show` is called for every request.
 */
export class ClientSocket {
  /** The gateway's end, as it was before anything was shown. */
  readonly gateway: Peer;
  readonly #socket: Socket & { encrypted?: boolean };

  constructor(socket: Socket) {
    this.#socket = socket;
    this.gateway = { address: socket.remoteAddress, port: socket.remotePort, family: socket.remoteFamily };
    for (const name of ['remoteAddress', 'remotePort', 'remoteFamily'] as const) {
      Object.defineProperty(socket, name, {
        value: socket[name],
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  }

  /** Undefined shows the gateway's own end again. */
  show(client: ClientAddress | undefined, scheme: 'http' | 'https'): void {
    const peer: Peer =
      client === undefined
        ? this.gateway
        : { address: client.address, port: client.port, family: isIPv6(client.address) ? 'IPv6' : 'IPv4' };
    const socket = this.#socket as { -readonly [K in keyof Socket]: Socket[K] } & { encrypted: boolean };
    socket.remoteAddress = peer.address as string;
    socket.remotePort = peer.port as number;
    socket.remoteFamily = peer.family as string;
    socket.encrypted = scheme === 'https';
  }
}
