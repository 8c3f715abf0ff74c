import type { Socket } from 'node:net';
import type { InternalServer } from '../node-internals.ts';
import type { Pairing } from './client-pairing.ts';
import { GatewayConnection } from './gateway-connection.ts';
import type { LocalAddress } from './socket-surface.ts';

/** The open connections of the gateway, over all servers that are or were the application. */
export class GatewayConnections {
  readonly #pairing: Pairing;
  readonly #open = new Set<GatewayConnection>();
  #number = 0;
  #draining = false;

  constructor(pairing: Pairing) {
    this.#pairing = pairing;
  }

  add(socket: Socket, server: InternalServer): void {
    const address = server.address();
    const local: LocalAddress = typeof address === 'object' && address !== null ? address : { address: '::', port: 0 };
    const connection = new GatewayConnection(socket, this.#pairing, local, this.#number);
    this.#number += 1;
    this.#open.add(connection);
    socket.once('close', () => this.#open.delete(connection));
    if (this.#draining) connection.endAfterNext();
  }

  /** With WebSockets. */
  get activeRequests(): number {
    let active = 0;
    for (const connection of this.#open) active += connection.activeRequests;
    return active;
  }

  /** Without WebSockets. */
  get answers(): number {
    let answers = 0;
    for (const connection of this.#open) answers += connection.answers;
    return answers;
  }

  /** Ends all connections; those to come, too, after the one request that they bring. */
  drain(): void {
    this.#draining = true;
    for (const connection of this.#open) connection.retire();
  }
}
