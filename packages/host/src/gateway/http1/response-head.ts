import { isBlank, nameBytes, valueBytes } from './characters.ts';
import { isHttpDate } from './date-value.ts';
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
  /** One `Date`, well-formed, is part of `head`; otherwise none is. */
  hasDate = false;
  /** As sent; empty when absent. */
  connection = '';
}

/** Why a response head cannot be used: a reason for the log of the operator, never sent to a client. */
export type ResponseHeadFailure = { readonly reason: string };

const dateField: ReadonlySet<string> = new Set(['date']);
const incomplete: ResponseHeadFailure = { reason: 'incomplete' };

/**
 * Parses the response head at the start of `bytes`, whose latin1 is `text` (more may follow the head; see
 * `parseRequestHead`). Strict where leniency would let two readers disagree: line ends, folding, control characters,
 * framing. Undefined = more bytes needed.
 */
export function parseResponseHead(
  bytes: Uint8Array,
  text: string,
): Http1ResponseHead | ResponseHeadFailure | undefined {
  const head = new Http1ResponseHead();
  const failure = parse(head, bytes, text);
  return failure === undefined ? head : failure === incomplete ? undefined : failure;
}

function parse(head: Http1ResponseHead, bytes: Uint8Array, text: string): ResponseHeadFailure | undefined {
  const end = text.length;
  // 1. Status line: "HTTP/1.1" SP 3DIGIT [SP reason] CRLF
  if (end < 13) return plausible(text) ? incomplete : failure('no HTTP/1 status line');
  const oneDotZero = text.startsWith('HTTP/1.0 ');
  if (!oneDotZero && !text.startsWith('HTTP/1.1 ')) return failure('no HTTP/1 status line');
  head.status = statusAt(bytes, 9);
  if (head.status === 0) return failure('status is not a number from 100 to 999');
  let position = 12;
  while (position < end && valueBytes[bytes[position] as number]) position++;
  if (position > 12 && bytes[12] !== 0x20) return failure('status line is malformed');
  const badLine = endOfLine(bytes, position, end);
  if (badLine !== undefined) return badLine;
  position += 2;

  // 2. Fields: lines that pass stay contiguous slices of the text
  let kept = oneDotZero ? 'HTTP/1.1' : '';
  let keptFrom = oneDotZero ? 8 : 0;
  let lengths = 0;
  let codings = 0;
  let dates = 0;
  let connection: string | undefined;
  for (;;) {
    const lineStart = position;
    while (position < end && nameBytes[bytes[position] as number]) position++;
    if (position === lineStart && position < end && bytes[position] === 0x0d) {
      const badEnd = endOfLine(bytes, position, end);
      if (badEnd !== undefined) return badEnd;
      break;
    }
    if (position === end) return incomplete;
    if (bytes[position] !== 0x3a || position === lineStart) return failure('field name is malformed');
    const field = responseField(bytes, lineStart, position);
    position++;
    while (position < end && isBlank(bytes[position])) position++;
    const valueStart = position;
    while (position < end && valueBytes[bytes[position] as number]) position++;
    const badField = endOfLine(bytes, position, end);
    if (badField !== undefined) return badField;
    let valueEnd = position;
    position += 2;
    if (field === undefined) continue;

    while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1])) valueEnd--;
    switch (field) {
      case 'date':
        head.hasDate = ++dates === 1 && isHttpDate(text, valueStart, valueEnd);
        if (head.hasDate) continue;
        break;
      case 'content-length':
        if (++lengths > 1) return failure('more than one Content-Length');
        head.contentLength = parseContentLength(bytes, valueStart, valueEnd);
        if (head.contentLength === -1) return failure('Content-Length is not a number');
        if (bytes[valueStart] !== 0x30 || valueEnd - valueStart === 1) continue;
        kept += `${text.slice(keptFrom, lineStart)}Content-Length: ${head.contentLength}\r\n`;
        keptFrom = position;
        continue;
      case 'transfer-encoding':
        if (++codings > 1 || text.slice(valueStart, valueEnd).toLowerCase() !== 'chunked') {
          return failure('Transfer-Encoding is not chunked');
        }
        head.chunked = true;
        break;
      case 'connection':
        connection = (connection === undefined ? '' : `${connection}, `) + text.slice(valueStart, valueEnd);
        break;
      case 'keep-alive':
        head.keepAliveTimeoutMs = keepAliveTimeout(bytes, text, valueStart, valueEnd);
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
  head.head = position > keptFrom ? kept + text.slice(keptFrom, position) : kept;

  // 3. Checks across fields
  if (head.chunked && lengths > 0) return failure('both Transfer-Encoding and Content-Length');
  if (head.chunked && oneDotZero) return failure('Transfer-Encoding in HTTP/1.0');
  const options = connection === undefined ? noConnectionOptions : parseConnectionOptions(connection);
  if (options === undefined) return failure('Connection is malformed');
  head.connection = connection ?? '';
  head.keepAlive = oneDotZero ? options.keepAlive && !options.close : !options.close;
  if (options.fields !== undefined) {
    head.head = withoutNamedFields(head.head, options.fields);
    if (options.fields.has('date')) head.hasDate = false;
  }
  if (dates > 1) head.head = withoutNamedFields(head.head, dateField);
  return undefined;
}

function failure(reason: string): ResponseHeadFailure {
  return { reason };
}

/** Whether more bytes could make a status line of this. */
function plausible(text: string): boolean {
  return 'HTTP/1.1 '.startsWith(text.slice(0, 9)) || 'HTTP/1.0 '.startsWith(text.slice(0, 9));
}

/** Three digits, the first not 0; 0 = anything else. */
function statusAt(bytes: Uint8Array, position: number): number {
  const hundreds = (bytes[position] as number) - 0x30;
  const tens = (bytes[position + 1] as number) - 0x30;
  const ones = (bytes[position + 2] as number) - 0x30;
  const digits = hundreds >= 1 && hundreds <= 9 && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9;
  return digits ? hundreds * 100 + tens * 10 + ones : 0;
}

/** Undefined when CRLF is at `position`. */
function endOfLine(bytes: Uint8Array, position: number, end: number): ResponseHeadFailure | undefined {
  if (position + 1 < end && bytes[position] === 0x0d && bytes[position + 1] === 0x0a) return undefined;
  if (position >= end || (bytes[position] === 0x0d && position + 1 >= end)) return incomplete;
  const lineBreak = bytes[position] === 0x0d || bytes[position] === 0x0a;
  return failure(lineBreak ? 'lines do not end in CR LF' : 'control character in a line');
}

function keepAliveTimeout(bytes: Uint8Array, text: string, start: number, end: number): number {
  // The usual form, from Node.js among others, without a regular expression.
  const seconds = text.startsWith('timeout=', start) ? parseContentLength(bytes, start + 8, end) : -1;
  if (seconds !== -1) return seconds * 1000;
  const found = /(?:^|[,\s])timeout=(\d{1,6})(?:$|[,\s])/i.exec(text.slice(start, end))?.[1];
  return found === undefined ? -1 : Number(found) * 1000;
}

/** Status line and framing stay whatever the names, in lower case, are. */
export function withoutNamedFields(head: string, names: ReadonlySet<string>): string {
  const statusLine = head.indexOf('\r\n') + 2;
  const removable = new Set(names);
  removable.delete('content-length');
  return head.slice(0, statusLine) + withoutFields(head.slice(statusLine), removable);
}
