import type { Upstream } from '@poolhouse/contract';
import type { ForwardableExchange } from '../../pipeline/forwardable.ts';
import { hopFields } from '../hop-fields.ts';
import { reachedAuthority } from '../request-head-text.ts';

/** A request's head as `node:http2` takes it. */
export interface RequestFields {
  /** Names and values in turn, pseudo-fields first. */
  readonly list: readonly string[];
  /** What SETTINGS_MAX_HEADER_LIST_SIZE counts, bytes. */
  readonly size: number;
}

/** What every field counts beside its name and value (RFC 9113 §6.5.2). */
const entryBytes = 32;

/**
 * The head of a request as an HTTP/2 upstream gets it (RFC 9113 §8.3.1): `:authority` says what `Host` said, names are
 * in lower case. The gateway's own fields come first among the others: a worker looks for the client facts there.
 */
export function formatRequestFields(
  exchange: ForwardableExchange,
  upstream: Upstream,
  awaitContinue: boolean,
): RequestFields {
  const { request, route, forwarded, connection } = exchange;
  const fields: string[] = [];
  addLines(fields, hopFields(exchange, upstream));
  const host = addLines(fields, forwarded.fields);
  if (forwarded.bodyLength > 0) fields.push('content-length', String(forwarded.bodyLength));
  if (forwarded.acceptsTrailers) fields.push('te', 'trailers');
  if (awaitContinue) fields.push('expect', '100-continue');
  const list = [
    ...[':method', request.method],
    ...[':scheme', connection.secure ? 'https' : 'http'],
    ...[':authority', host ?? reachedAuthority(connection)],
    ...[':path', `${route.forwardPath}${route.query}`],
    ...fields,
  ];
  return { list, size: list.reduce((sum, { length }) => sum + length, (list.length / 2) * entryBytes) };
}

/** Adds the fields of `lines` (whole lines, each ending in CRLF, checked), all but `Host`, whose value is returned. */
function addLines(fields: string[], lines: string): string | undefined {
  let host: string | undefined;
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf('\r\n', start);
    const colon = lines.indexOf(':', start);
    const name = lines.slice(start, colon).toLowerCase();
    const value = lines.slice(colon + 1, end).replace(/^[ \t]+|[ \t]+$/g, '');
    if (name === 'host') host = value;
    else fields.push(name, value);
    start = end + 2;
  }
  return host;
}
