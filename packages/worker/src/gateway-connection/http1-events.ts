import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isFromGateway } from '../listening/gateway-listener.ts';
import type { InternalServer, InternalSocket } from '../node-internals.ts';
import { gatewayConnectionOf } from './gateway-connection.ts';
import type { GatewayConnections } from './gateway-connections.ts';

export interface ServerContext {
  readonly connections: GatewayConnections;
  /** The server that is the application now; undefined while there is none. */
  application(): InternalServer | undefined;
  /** The server listens; its own listeners have been told. */
  listening(): void;
}

/**
 * Stands between Node.js and the listeners of one server of the application. No listener is added: whether there
 * is one for 'upgrade', 'connect' or 'checkContinue' decides how Node.js treats a request.
 *
 * A request on a connection from the time when this server was the application goes to the one that is it now.
 *
 * @param tls the server expects TLS: the gateway's connections are handed over as secure ones
 */
export function interceptHttp1Events(server: InternalServer, tls: boolean, context: ServerContext): void {
  const own = Object.hasOwn(server, 'emit') ? server.emit : undefined;
  const prototype = Object.getPrototypeOf(server) as InternalServer;

  const emit = function (this: InternalServer, event: string, first: unknown, second: unknown): boolean {
    // Looked up each time: instrumentation replaces it on the prototype.
    const next = own ?? prototype.emit;
    switch (event) {
      case 'request':
      case 'checkContinue':
      case 'checkExpectation': {
        const connection = gatewayConnectionOf((first as IncomingMessage).socket);
        if (connection === undefined) break;
        const application = context.application() ?? this;
        if (application !== this) return Reflect.apply(application.emit, application, arguments) as boolean;
        if (!connection.admit(first as IncomingMessage, second as ServerResponse)) return true;
        break;
      }
      case 'upgrade':
      case 'connect': {
        const connection = gatewayConnectionOf((first as IncomingMessage).socket);
        if (connection === undefined) break;
        const application = context.application() ?? this;
        if (application !== this) return Reflect.apply(application.emit, application, arguments) as boolean;
        if (!connection.admitTunnel(first as IncomingMessage)) return true;
        break;
      }
      case 'connection':
        if (!isFromGateway((first as InternalSocket)._handle)) break;
        context.connections.add(first as Socket, this);
        if (!tls) break;
        Object.assign(first as Socket, { alpnProtocol: 'http/1.1', encrypted: true });
        return next.call(this, 'secureConnection', first);
      case 'timeout':
        // An idle connection of the gateway stays; what the application limits is a request.
        if (gatewayConnectionOf(first as Socket)?.activeRequests === 0) return true;
        break;
      case 'clientError': {
        // Bytes that are no request, from a peer that never showed the token: not the application's business.
        const connection = gatewayConnectionOf(second as Socket);
        if (connection === undefined || connection.paired) break;
        connection.socket.destroy();
        return true;
      }
      case 'listening': {
        const handled = Reflect.apply(next, this, arguments) as boolean;
        context.listening();
        return handled;
      }
      default:
    }
    return Reflect.apply(next, this, arguments) as boolean;
  };
  Object.defineProperty(server, 'emit', { value: emit, writable: true, enumerable: false, configurable: true });
}
