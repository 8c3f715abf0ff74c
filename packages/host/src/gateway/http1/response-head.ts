import { nameBytes, valueBytes } from './characters.ts';
import { noConnectionOptions, parseConnectionOptions, withoutFields } from './connection-options.ts';
import { responseField } from './field-names.ts';
import { parseContentLength } from './framing.ts';

/** A response head of an upstream that passed every check, from one scan over its bytes. */
export class Http1ResponseHead {
  status = 0;
  /** Status line and the fields that pass, whole lines as sent; no blank line. */
  head = '';
  /** Offset after the blank line. */
  end = 0;
  /** Value of `Content-Length`, which is then part of `head`; -1 when absent. */
  contentLength = -1;
  chunked = false;
  /** The upstream keeps the connection open. */
  keepAlive = true;
  /** `timeout` of `Keep-Alive`, milliseconds; -1 when absent. */
  keepAliveTimeoutMs = -1;
  hasDate = false;
  /** As sent; empty when absent. */
  connection = '';
}

/** Why a response head cannot be used: a reason for the log of the operator, never sent to a client. */
export type ResponseHeadFailure = { readonly reason: string };

const incomplete: ResponseHeadFailure = { reason: 'incomplete' };

/**
 * Parses the response head at the start of `text` (latin1; more bytes may follow it). Strict where leniency would
 * let two readers disagree: line ends, folding, control characters, framing. Undefined = more bytes needed.
 */
export function parseResponseHead(text: string): Http1ResponseHead | ResponseHeadFailure | undefined {
  const head = new Http1ResponseHead();
  const failure = parse(head, text, 0);
  return failure === undefined ? head : failure === incomplete ? undefined : failure;
}

function parse(head: Http1ResponseHead, text: string, start: number): ResponseHeadFailure | undefined {
  // 1. Status line: "HTTP/1.1" SP 3DIGIT [SP reason] CRLF
  if (text.length - start < 13) return plausible(text, start) ? incomplete : failure('no HTTP/1 status line');
  const oneDotZero = text.startsWith('HTTP/1.0 ', start);
  if (!oneDotZero && !text.startsWith('HTTP/1.1 ', start)) return failure('no HTTP/1 status line');
  const status = statusAt(text, start + 9);
  if (status === 0) return failure('status is not a number from 100 to 999');
  let position = start + 12;
  while (valueBytes[text.charCodeAt(position)]) position++;
  if (text.charCodeAt(start + 12) !== 0x20 && position !== start + 12) return failure('status line is malformed');
  const lineEnd = endOfLine(text, position);
  if (lineEnd !== undefined) return lineEnd;
  position += 2;

  // 2. Fields: lines that pass stay contiguous slices of the text
  let kept = oneDotZero ? 'HTTP/1.1' : '';
  let keptFrom = oneDotZero ? start + 8 : start;
  let lengths = 0;
  let codings = 0;
  let connection: string | undefined;
  for (;;) {
    const lineStart = position;
    while (nameBytes[text.charCodeAt(position)]) position++;
    if (position === lineStart && text.charCodeAt(position) === 0x0d) {
      const blank = endOfLine(text, position);
      if (blank !== undefined) return blank;
      break;
    }
    if (text.charCodeAt(position) !== 0x3a || position === lineStart) {
      return position >= text.length ? incomplete : failure('field name is malformed');
    }
    const nameEnd = position++;
    while (valueBytes[text.charCodeAt(position)]) position++;
    const bad = endOfLine(text, position);
    if (bad !== undefined) return bad;
    position += 2;

    const field = responseField(text, lineStart, nameEnd);
    if (field === undefined) continue;
    const value = text.slice(nameEnd + 1, position - 2).trim();
    switch (field) {
      case 'date':
        head.hasDate = true;
        continue;
      case 'content-length':
        if (++lengths > 1) return failure('more than one Content-Length');
        head.contentLength = parseContentLength(value) ?? -1;
        if (head.contentLength === -1) return failure('Content-Length is not a number');
        if (String(head.contentLength) === value) continue;
        kept += `${text.slice(keptFrom, lineStart)}Content-Length: ${head.contentLength}\r\n`;
        keptFrom = position;
        continue;
      case 'transfer-encoding':
        if (++codings > 1 || value.toLowerCase() !== 'chunked') return failure('Transfer-Encoding is not chunked');
        head.chunked = true;
        break;
      case 'connection':
        connection = connection === undefined ? value : `${connection}, ${value}`;
        break;
      case 'keep-alive':
        head.keepAliveTimeoutMs = keepAliveTimeout(value);
        break;
      case 'upgrade':
      case 'hop':
        break;
      default:
        field satisfies never;
    }
    if (lineStart > keptFrom) kept += text.slice(keptFrom, lineStart);
    keptFrom = position;
  }
  head.end = position + 2;
  head.status = status;
  head.head = position > keptFrom ? kept + text.slice(keptFrom, position) : kept;

  // 3. Checks across fields
  if (head.chunked && lengths > 0) return failure('both Transfer-Encoding and Content-Length');
  if (head.chunked && oneDotZero) return failure('Transfer-Encoding in HTTP/1.0');
  const options = connection === undefined ? noConnectionOptions : parseConnectionOptions(connection);
  if (options === undefined) return failure('Connection is malformed');
  head.connection = connection ?? '';
  head.keepAlive = oneDotZero ? options.keepAlive && !options.close : !options.close;
  if (options.fields !== undefined) head.head = withoutNamedFields(head.head, options.fields);
  return undefined;
}

function failure(reason: string): ResponseHeadFailure {
  return { reason };
}

function plausible(text: string, start: number): boolean {
  return /^H(?:T(?:T(?:P(?:\/(?:1(?:\.(?:[01](?: .*)?)?)?)?)?)?)?)?$/s.test(text.slice(start)) || text.length === start;
}

function statusAt(text: string, position: number): number {
  const status = Number(text.slice(position, position + 3));
  return /^[1-9]\d\d$/.test(text.slice(position, position + 3)) ? status : 0;
}

/** Undefined when CRLF is at `position`. */
function endOfLine(text: string, position: number): ResponseHeadFailure | undefined {
  const byte = text.charCodeAt(position);
  if (byte === 0x0d && text.charCodeAt(position + 1) === 0x0a) return undefined;
  if (position >= text.length || (byte === 0x0d && position + 1 >= text.length)) return incomplete;
  return failure(byte === 0x0d || byte === 0x0a ? 'lines do not end in CR LF' : 'control character in a line');
}

function keepAliveTimeout(value: string): number {
  const seconds = /(?:^|[,\s])timeout=(\d{1,6})(?:$|[,\s])/i.exec(value)?.[1];
  return seconds === undefined ? -1 : Number(seconds) * 1000;
}

/** Status line and framing stay whatever `Connection` names. */
function withoutNamedFields(head: string, names: ReadonlySet<string>): string {
  const statusLine = head.indexOf('\r\n') + 2;
  const removable = new Set(names);
  removable.delete('content-length');
  return head.slice(0, statusLine) + withoutFields(head.slice(statusLine), removable);
}
