import type { Socket } from 'node:net';
import type { ClientFacts } from '@poolhouse/contract/client-facts';

/** Where the application believes to listen. */
export interface LocalAddress {
  readonly address: string;
  readonly port: number;
}

/**
 * Makes the gateway's unix socket look like the client's connection, for `request.socket` and all that is built
 * on it (`req.ip`, `req.secure`, `trust proxy`, `getConnInfo`): own properties over the getters of `net.Socket`.
 *
 * @param number of the connection: until the first request names the client, each looks like a loopback peer with
 * a port of its own, because applications keep their connections by address and port
 * @param clientCertificate DER of the current request's client certificate
 */
export function dressSocket(
  socket: Socket,
  local: LocalAddress,
  number: number,
  clientCertificate: () => Buffer | undefined,
): void {
  const value = (value: unknown): PropertyDescriptor => ({
    value,
    writable: true,
    enumerable: false,
    configurable: true,
  });
  Object.defineProperties(socket, {
    remoteAddress: value('127.0.0.1'),
    remotePort: value(1 + (number % 65_535)),
    remoteFamily: value('IPv4'),
    localAddress: value(isUnspecified(local.address) ? '127.0.0.1' : local.address),
    localPort: value(local.port),
    localFamily: value(local.address.includes(':') && !isUnspecified(local.address) ? 'IPv6' : 'IPv4'),
    address: value(boundAddress),
    encrypted: value(false),
    // What `tls.TLSSocket` has and applications ask of a secure one. The gateway does not know the application's
    // certificate authorities, so a client certificate is shown and never vouched for.
    authorized: value(false),
    getPeerCertificate: value(() => peerCertificate(clientCertificate())),
  });
}

/** Assigned for every request whose client is another one than the last. */
export function showClient(socket: Socket, facts: ClientFacts): void {
  const shown = socket as Mutable<Socket> & { encrypted?: boolean };
  if (facts.address === 'unix') {
    shown.remoteAddress = undefined;
    shown.remotePort = undefined;
    shown.remoteFamily = undefined;
  } else {
    shown.remoteAddress = facts.address;
    shown.remotePort = facts.port;
    shown.remoteFamily = facts.address.includes(':') ? 'IPv6' : 'IPv4';
  }
  shown.encrypted = facts.scheme === 'https';
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

function isUnspecified(address: string): boolean {
  return address === '::' || address === '0.0.0.0';
}

function boundAddress(this: Socket): object {
  return { address: this.localAddress, family: this.localFamily, port: this.localPort };
}

function peerCertificate(der: Buffer | undefined): object {
  if (der === undefined) return {};
  // Loaded by the first application that asks: it costs milliseconds at start-up.
  const { X509Certificate } = require('node:crypto') as typeof import('node:crypto');
  return new X509Certificate(der).toLegacyObject();
}
