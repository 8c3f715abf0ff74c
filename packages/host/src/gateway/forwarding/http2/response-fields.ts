import { STATUS_CODES } from 'node:http';
import { isHttpDate } from '../../http1/date-value.ts';
import { nameBytes, valueBytes } from '../../http1/characters.ts';
import { Http1ResponseHead, type ResponseHeadFailure } from '../../http1/response-head.ts';
import { passableTrailers } from '../../http1/trailers.ts';

/** Fields that end at this hop, or would speak of a connection that the client does not have. */
const hopFields: ReadonlySet<string> = new Set([
  ...['alt-svc', 'http2-settings', 'keep-alive', 'upgrade'],
  ...['proxy-authenticate', 'proxy-authorization', 'proxy-authentication-info'],
]);
/** Their presence makes an HTTP/2 message malformed (RFC 9113 §8.2.2). */
const framingFields: ReadonlySet<string> = new Set(['connection', 'proxy-connection', 'transfer-encoding']);
/** As in chunked bodies. */
const maxTrailerBytes = 16_384;

/**
 * A response head of an HTTP/2 upstream, written as the HTTP/1.1 head that it means; checked again here, because what
 * is written may not end a line.
 *
 * @param fields names and values in turn, with or without pseudo-fields
 */
export function readResponseFields(status: number, fields: readonly string[]): Http1ResponseHead | ResponseHeadFailure {
  if (!(status >= 100 && status <= 999)) return { reason: 'status is not a number from 100 to 999' };
  const head = new Http1ResponseHead();
  head.status = status;
  let date: string | undefined;
  head.head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    const value = fields[index + 1] as string;
    if (name.startsWith(':') || hopFields.has(name)) continue;
    if (framingFields.has(name)) return { reason: `${name} in HTTP/2` };
    const line = fieldLine(name, value);
    if (line === undefined) return { reason: 'control character in a field' };
    if (name === 'date') {
      head.hasDate = date === undefined && isHttpDate(value, 0, value.length);
      date = line;
    } else if (name === 'content-length') {
      if (head.contentLength !== -1) return { reason: 'more than one Content-Length' };
      head.contentLength = /^\d+$/.test(value) ? Number(value) : -1;
      if (head.contentLength === -1 || !Number.isSafeInteger(head.contentLength)) {
        return { reason: 'Content-Length is not a number' };
      }
      head.head += `content-length: ${head.contentLength}\r\n`;
    } else {
      head.head += line;
    }
  }
  if (head.hasDate) head.head += date;
  head.end = head.head.length;
  return head;
}

/** Trailers that may pass, as lines each ending in CRLF; undefined when they cannot be trusted. */
export function readTrailers(fields: readonly string[]): string | undefined {
  let lines = '';
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    const line = framingFields.has(name) ? undefined : fieldLine(name, fields[index + 1] as string);
    if (line === undefined) return undefined;
    lines += line;
  }
  return lines.length > maxTrailerBytes ? undefined : passableTrailers(lines);
}

function fieldLine(name: string, value: string): string | undefined {
  return name !== '' && consistsOf(name, nameBytes) && consistsOf(value, valueBytes)
    ? `${name}: ${value}\r\n`
    : undefined;
}

function consistsOf(text: string, bytes: Uint8Array): boolean {
  for (let index = 0; index < text.length; index++) {
    if (!bytes[text.charCodeAt(index)]) return false;
  }
  return true;
}
