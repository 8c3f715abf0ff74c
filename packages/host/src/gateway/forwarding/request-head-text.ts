import type { Upstream } from '@poolhouse/contract';
import type { ClientConnectionFacts } from '../pipeline/exchange.ts';
import type { ForwardableExchange, ForwardedRequest } from '../pipeline/forwardable.ts';
import { hopFields } from './hop-fields.ts';

/**
 * The head of a request as an upstream gets it, latin1: request line, the gateway's own fields, the client's
 * fields as sent, one framing field of ours.
 */
export function formatRequestHead(exchange: ForwardableExchange, upstream: Upstream, awaitContinue: boolean): string {
  const { request, route, forwarded } = exchange;
  let head = `${request.method} ${route.forwardPath}${route.query} HTTP/1.1\r\n`;
  head += hopFields(exchange, upstream);
  if (!forwarded.hasHost) head += `Host: ${reachedAuthority(exchange.connection)}\r\n`;
  head += forwarded.fields;
  head += framingField(request.method, forwarded);
  if (forwarded.acceptsTrailers) head += 'TE: trailers\r\n';
  if (awaitContinue) head += 'Expect: 100-continue\r\n';
  return `${head}\r\n`;
}

function framingField(method: string, request: ForwardedRequest): string {
  const { bodyLength } = request;
  if (bodyLength > 0) return `Content-Length: ${bodyLength}\r\n`;
  if (bodyLength === -1) return 'Transfer-Encoding: chunked\r\n';
  // Some servers answer 411 to these without a length, even an empty one.
  return method === 'POST' || method === 'PUT' || method === 'PATCH' ? 'Content-Length: 0\r\n' : '';
}

/** For clients of HTTP/1.0 that name no host: the address they reached. */
export function reachedAuthority({ localAddress, localPort }: ClientConnectionFacts): string {
  const host = localAddress.includes(':') ? `[${localAddress}]` : localAddress;
  return `${host}:${localPort}`;
}
