import type { Upstream } from '@poolhouse/contract';
import type { ForwardableExchange } from '../../pipeline/forwardable.ts';
import { hopFields } from '../hop-fields.ts';
import { reachedAuthority } from '../request-head-text.ts';

/** A request's head as `http2` takes it: names and values in turn, pseudo-fields first. */
export interface RequestFields {
  readonly list: readonly string[];
  /** What SETTINGS_MAX_HEADER_LIST_SIZE counts (RFC 9113 §6.5.2), bytes. */
  readonly size: number;
}

/** What each field counts beside its name and value. */
const entryBytes = 32;

/**
 * The head of a request as an HTTP/2 upstream gets it (RFC 9113 §8.3.1): `:authority` says what `Host` said. The
 * gateway's own fields come first among the others: a worker looks for the client facts there.
 */
export function formatRequestFields(
  exchange: ForwardableExchange,
  upstream: Upstream,
  awaitContinue: boolean,
): RequestFields {
  const { request, route, forwarded, connection } = exchange;
  const list = [
    ...[':method', request.method, ':scheme', connection.secure ? 'https' : 'http'],
    ...[':authority', '', ':path', `${route.forwardPath}${route.query}`],
  ];
  const authority = list.indexOf(':authority') + 1;
  addLines(list, hopFields(exchange, upstream));
  const clients = list.length;
  addLines(list, forwarded.fields);
  const host = list.indexOf('host', clients);
  list[authority] = host === -1 ? reachedAuthority(connection) : (list[host + 1] as string);
  if (host !== -1) list.splice(host, 2);
  const { bodyLength } = forwarded;
  if (bodyLength > 0 || (bodyLength === 0 && expectsBody(request.method))) {
    list.push('content-length', String(bodyLength));
  }
  if (forwarded.acceptsTrailers) list.push('te', 'trailers');
  if (awaitContinue) list.push('expect', '100-continue');
  return { list, size: sizeOf(list) };
}
