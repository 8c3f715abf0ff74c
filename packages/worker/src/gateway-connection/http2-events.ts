import type { Http2ServerRequest, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { ClientFacts } from '@poolhouse/contract/client-facts';
import { clientFactsHeader } from '@poolhouse/contract/headers';
import { isFromGateway } from '../listening/gateway-listener.ts';
import type { InternalServer, InternalSocket } from '../node-internals.ts';
import { gatewayConnectionOf } from './gateway-connection.ts';
import type { ServerContext } from './http1-events.ts';

const field = clientFactsHeader.toLowerCase();
const factsOfStream = Symbol('poolhouse.clientFacts');

/** What `interceptHttp1Events` is for HTTP/1.1, for a server that the gateway speaks HTTP/2 to, without TLS. */
export function interceptHttp2Events(server: InternalServer, tls: boolean, context: ServerContext): void {
  const own = Object.hasOwn(server, 'emit') ? server.emit : undefined;
  const prototype = Object.getPrototypeOf(server) as InternalServer;

  const emit = function (
    this: InternalServer,
    event: string,
    first: unknown,
    second: unknown,
    _flags: unknown,
    raw: unknown,
  ): boolean {
    const next = own ?? prototype.emit;
    switch (event) {
      case 'connection':
        if (!isFromGateway((first as InternalSocket)._handle)) break;
        context.connections.add(first as Socket, this);
        if (!tls) break;
        Object.assign(first as Socket, { alpnProtocol: 'h2', encrypted: true });
        return next.call(this, 'secureConnection', first);
      case 'session': {
        const connection = gatewayConnectionOf((first as ServerHttp2Session).socket);
        if (connection !== undefined) connection.session = first as ServerHttp2Session;
        break;
      }
      case 'stream': {
        const application = context.application() ?? this;
        if (application !== this && gatewayConnectionOf((first as ServerHttp2Stream).session?.socket) !== undefined) {
          return Reflect.apply(application.emit, application, arguments) as boolean;
        }
        if (!admitStream(first as ServerHttp2Stream, second as IncomingHttpHeaders, raw as string[])) return true;
        break;
      }
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
      case 'connect':
        showClientOfStream(first as Http2ServerRequest);
        break;
      case 'timeout':
        if (gatewayConnectionOf((first as ServerHttp2Session).socket)?.activeRequests === 0) return true;
        break;
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

function admitStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: string[]): boolean {
  const connection = gatewayConnectionOf(stream.session?.socket);
  if (connection === undefined) return true;
  const value = headers[field];
  const facts = connection.readFacts(typeof value === 'string' ? value : undefined);
  if (facts === undefined) {
    stream.respond({ ':status': 400 }, { endStream: true });
    return false;
  }
  delete headers[field];
  raw.splice(
    raw.findIndex((name, index) => index % 2 === 0 && name === field),
    2,
  );
  (stream as { [factsOfStream]?: ClientFacts })[factsOfStream] = facts;
  connection.beginStream(stream);
  return true;
}

/**
 * `request.socket` of one stream. The session's socket shows the client of the latest stream, and streams of
 * several clients may be under way.
 */
function showClientOfStream(request: Http2ServerRequest): void {
  const facts = (request.stream as { [factsOfStream]?: ClientFacts } | undefined)?.[factsOfStream];
  if (facts === undefined) return;
  let shown: Socket | undefined;
  const { address, port } = facts;
  const properties: Readonly<Record<PropertyKey, unknown>> = {
    remoteAddress: address === 'unix' ? undefined : address,
    remotePort: address === 'unix' ? undefined : port,
    remoteFamily: address === 'unix' ? undefined : address.includes(':') ? 'IPv6' : 'IPv4',
    encrypted: facts.scheme === 'https',
  };
  const sessionSocket = (): Socket => Reflect.get(Object.getPrototypeOf(request), 'socket', request) as Socket;
  const get = (): Socket =>
    (shown ??= new Proxy(sessionSocket(), {
      get: (target, name) => (Object.hasOwn(properties, name) ? properties[name] : Reflect.get(target, name)),
    }));
  Object.defineProperty(request, 'socket', { get, configurable: true });
}
