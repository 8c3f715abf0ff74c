import type { Socket } from 'node:net';
import type { InternalServer } from '../node-internals.ts';
import type { Pairing } from './client-pairing.ts';
import { GatewayConnection } from './gateway-connection.ts';
import type { LocalAddress } from './socket-surface.ts';

/** The open connections of the gateway, over all servers that were the application. */
export class GatewayConnections {
  readonly #pairing: Pairing;
  readonly #open = new Map<GatewayConnection, InternalServer>();
  #number = 0;
  #draining = false;

  constructor(pairing: Pairing) {
    this.#pairing = pairing;
  }

  add(socket: Socket, server: InternalServer): GatewayConnection {
    const address = server.address();
    const local: LocalAddress = typeof address === 'object' && address !== null ? address : { address: '::', port: 0 };
    const connection = new GatewayConnection(socket, this.#pairing, local, this.#number);
    this.#number += 1;
    this.#open.set(connection, server);
    socket.once('close', () => this.#open.delete(connection));
    if (this.#draining) connection.retire();
    return connection;
  }

  /** With WebSockets. */
  get activeRequests(): number {
    let active = 0;
    for (const connection of this.#open.keys()) active += connection.activeRequests;
    return active;
  }

  /** Without WebSockets. */
  get answers(): number {
    let answers = 0;
    for (const connection of this.#open.keys()) answers += connection.answers;
    return answers;
  }

  /** Ends the connections of a server that is not the application any more. */
  retireFrom(others: (server: InternalServer) => boolean): void {
    for (const [connection, server] of this.#open) if (others(server)) connection.retire();
  }

  /** Ends all connections, those to come included. */
  drain(): void {
    this.#draining = true;
    for (const connection of this.#open.keys()) connection.retire();
  }
}
