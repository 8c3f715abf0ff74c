import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/**
 * The connections of a server, so that it can end without cutting a response. `server.close()` alone waits for
 * ever on Node.js 20 to 24: a connection that is busy when it is called stays open after its response.
 */
export class Connections {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #responses = new Set<ServerResponse>();
  #ending = false;

  constructor(server: Server) {
    this.#server = server;
  }

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  begin(response: ServerResponse): void {
    if (this.#ending) {
      endConnectionAfter(response);
      return;
    }
    this.#responses.add(response);
    response.once('close', () => this.#responses.delete(response));
  }

  /**
   * Closes idle connections, and every other one with the response that it is busy with. Upgraded connections
   * stay: they end when the application or the gateway ends them.
   */
  async end(): Promise<void> {
    this.#ending = true;
    for (const response of this.#responses) endConnectionAfter(response);
    this.#server.closeIdleConnections();
    // A request may lie unread in a connection that looks unused: two turns of the loop read it.
    await turn();
    await turn();
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroySoon();
  }
}

function endConnectionAfter(response: ServerResponse): void {
  const { socket } = response;
  response.shouldKeepAlive = false;
  // The head may have promised keep-alive already.
  response.once('finish', () => socket?.destroySoon());
}
