import type { Socket } from 'node:net';
import type { LazyCertificate } from './client-certificate.ts';
import type { ClientAddress } from './forwarded.ts';

/**
 * Lets a socket that comes from the gateway tell of the client instead: `remoteAddress`, `remotePort`,
 * `remoteFamily` and `encrypted` are where every framework looks, `getPeerCertificate` where applications do. The
 * gateway sends one request at a time over a connection and may use it for another client next, so `show` is called
 * for every request.
 */
export class ClientSocket {
  /** The gateway's end: `127.0.0.1:51234`, or `unix`. */
  readonly original: string;
  readonly #socket: ShownSocket;
  readonly #gateway: Peer;

  constructor(socket: Socket) {
    const { remoteAddress, remotePort, remoteFamily } = socket;
    this.#gateway = { remoteAddress, remotePort, remoteFamily };
    this.original = remoteAddress === undefined ? 'unix' : `${bracketed(remoteAddress)}:${remotePort}`;
    this.#socket = socket as ShownSocket;
    // Own properties over the getters of net.Socket.
    Object.defineProperties(socket, {
      remoteAddress: writable(remoteAddress),
      remotePort: writable(remotePort),
      remoteFamily: writable(remoteFamily),
      encrypted: writable(false),
      // The gateway vouches for no certificate: it does not know whom the application trusts.
      authorized: writable(false),
      getPeerCertificate: writable(() => ({})),
    });
  }

  /** Undefined shows the gateway's own end again. */
  show(client: ClientAddress | undefined, scheme: 'http' | 'https', certificate: LazyCertificate | undefined): void {
    const socket = this.#socket;
    if (client === undefined) {
      Object.assign(socket, this.#gateway);
    } else {
      socket.remoteAddress = client.address;
      socket.remotePort = client.port;
      socket.remoteFamily = client.address.includes(':') ? 'IPv6' : 'IPv4';
    }
    socket.encrypted = scheme === 'https';
    socket.getPeerCertificate = () => certificate?.()?.toLegacyObject() ?? {};
  }
}

interface Peer {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly remoteFamily: string | undefined;
}

type ShownSocket = { -readonly [Key in keyof Socket]: Socket[Key] } & {
  encrypted: boolean;
  getPeerCertificate: () => object;
};

function writable(value: unknown): PropertyDescriptor {
  return { value, writable: true, enumerable: true, configurable: true };
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
