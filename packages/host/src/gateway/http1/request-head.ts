import { nameBytes, targetBytes, underscore, valueBytes } from './characters.ts';
import { type AuthorityCache, parseAuthority, sameAuthority } from './authority.ts';
import {
  type ConnectionOptions,
  namesProtectedField,
  noConnectionOptions,
  parseConnectionOptions,
  withoutFields,
} from './connection-options.ts';
import { isProtectedAlias, requestField } from './field-names.ts';
import { findField } from './field-lookup.ts';
import { checkTransferEncoding, isBlank, parseContentLength } from './framing.ts';
import { type MessageFailure, messageFailures } from '../pipeline/message-failure.ts';
import { readTarget } from './request-target.ts';
import type { RequestHead } from '../pipeline/exchange.ts';

/** Limits of one head, and what is known of the connection that it came on. */
export interface HeadContext {
  readonly maxRequestBytes: number;
  readonly maxFieldBytes: number;
  readonly maxFields: number;
  readonly secure: boolean;
  /** The peer is a trusted proxy: what it says about the client is kept. */
  readonly trusted: boolean;
  readonly authorities: AuthorityCache;
}

/** A request head that passed every check, from one scan over its bytes. */
export class Http1RequestHead implements RequestHead {
  method = '';
  /** Origin form or `*`. */
  target = '';
  version: '1.0' | '1.1' = '1.1';
  /** Normalised host; empty when a 1.0 request names none. */
  host = '';
  /** Fields for the next hop, whole lines as sent: without framing, hop-by-hop and forwarded ones. */
  fields = '';
  /** Bytes of the body; 0 for none, -1 when chunked. */
  bodyLength = 0;
  /** Whether the client wants the connection to stay open. */
  keepAlive = true;
  expectsContinue = false;
  /** The client takes trailers. */
  acceptsTrailers = false;
  /** Protocols the client would change to; empty when it asks for none. */
  upgrade = '';
  /** Existing chains of a trusted peer; empty otherwise. */
  forwardedFor = '';
  forwardedProto = '';
  /** Text that the head was read from, the offset of its first field, and the offset after its blank line. */
  text = '';
  fieldsStart = 0;
  end = 0;

  header(name: string): string | undefined {
    return findField(this.text, this.fieldsStart, this.end - 2, name);
  }

  fieldLines(): string {
    return this.text.slice(this.fieldsStart, this.end - 2);
  }
}

/** What the scan over the fields collects before the checks that need all of them. */
interface CollectedFields {
  hosts: number;
  host: string;
  lengths: number;
  length: number;
  codings: number;
  coding: string;
  connection: string | undefined;
  expect: string | undefined;
  upgrade: string;
  te: string;
}

/**
 * Parses the head at the start of `text` (latin1; more bytes may follow it).
 *
 *   1. request line: method SP target SP version CRLF
 *   2. fields: one pass; lines to forward stay contiguous slices of the text
 *   3. checks across fields: host, connection, framing, expectation
 *
 * Returns undefined when the text ends before the head does.
 */
export function parseRequestHead(text: string, context: HeadContext): Http1RequestHead | MessageFailure | undefined {
  const head = new Http1RequestHead();
  head.text = text;
  const failure = parseRequestLine(head, context) ?? parseFields(head, context);
  return failure === undefined ? head : failure === incomplete ? undefined : failure;
}

/** Marks a text that ends too early; never leaves this file. */
const incomplete: MessageFailure = { failure: 'Incomplete', status: 0, heading: '' };

function parseRequestLine(head: Http1RequestHead, context: HeadContext): MessageFailure | undefined {
  const { text } = head;
  let position = 0;
  while (nameBytes[text.charCodeAt(position)]) position++;
  if (position === text.length) return incomplete;
  if (position === 0 || text.charCodeAt(position) !== 0x20) return messageFailures.verb;
  head.method = methodOf(text, position);

  const targetStart = ++position;
  while (targetBytes[text.charCodeAt(position)]) position++;
  if (position === text.length) return incomplete;
  if (position === targetStart || text.charCodeAt(position) !== 0x20) return messageFailures.url;
  const target = text.slice(targetStart, position++);

  const failure = parseVersion(head, position);
  if (failure !== undefined) return failure;
  head.fieldsStart = position + 10;
  if (head.fieldsStart > context.maxRequestBytes) return messageFailures.targetTooLong;
  if (head.method === 'CONNECT') return messageFailures.method;
  head.target = target;
  return undefined;
}

/** Common methods without making a string of each. */
function methodOf(text: string, length: number): string {
  if (length === 3 && text.startsWith('GET')) return 'GET';
  if (length === 4 && text.startsWith('POST')) return 'POST';
  return text.slice(0, length);
}

function parseVersion(head: Http1RequestHead, position: number): MessageFailure | undefined {
  const { text } = head;
  if (text.length < position + 10) {
    const version = text.slice(position);
    return 'HTTP/1.1\r\n'.startsWith(version) || 'HTTP/1.0\r\n'.startsWith(version) ? incomplete : notAVersion(version);
  }
  if (text.startsWith('HTTP/1.1\r\n', position)) return undefined;
  if (text.startsWith('HTTP/1.0\r\n', position)) {
    head.version = '1.0';
    return undefined;
  }
  return notAVersion(text.slice(position, position + 10));
}

function notAVersion(text: string): MessageFailure {
  if (/^HTTP\/\d\.\d(?:\r|$)/.test(text)) return messageFailures.version;
  if (/^HTTP\/1\.[01](?:\n|\r[^\n])/.test(text)) return messageFailures.lineEnd;
  return messageFailures.badRequest;
}

function parseFields(head: Http1RequestHead, context: HeadContext): MessageFailure | undefined {
  const { text } = head;
  const collected: CollectedFields = {
    hosts: 0,
    host: '',
    lengths: 0,
    length: 0,
    codings: 0,
    coding: '',
    connection: undefined,
    expect: undefined,
    upgrade: '',
    te: '',
  };
  let fields = '';
  let keptFrom = head.fieldsStart;
  let position = head.fieldsStart;
  let count = 0;
  for (;;) {
    const lineStart = position;
    let seen = 0;
    let bits: number | undefined;
    while ((bits = nameBytes[text.charCodeAt(position)])) {
      seen |= bits;
      position++;
    }
    if (position === lineStart) {
      if (text.charCodeAt(position) === 0x0d && text.charCodeAt(position + 1) === 0x0a) break;
      return lineFailure(text, position);
    }
    if (text.charCodeAt(position) !== 0x3a) return lineFailure(text, position);
    const nameEnd = position++;
    while (isBlank(text.charCodeAt(position))) position++;
    const valueStart = position;
    while (valueBytes[text.charCodeAt(position)]) position++;
    if (text.charCodeAt(position) !== 0x0d || text.charCodeAt(position + 1) !== 0x0a)
      return lineFailure(text, position);
    let valueEnd = position;
    while (valueEnd > valueStart && isBlank(text.charCodeAt(valueEnd - 1))) valueEnd--;
    position += 2;
    if (position - lineStart - 2 > context.maxFieldBytes) return messageFailures.fieldTooLong;
    if (++count > context.maxFields) return messageFailures.headTooLong;

    const field = requestField(text, lineStart, nameEnd);
    let forward = field === undefined;
    switch (field) {
      case undefined:
        if ((seen & underscore) !== 0) forward = !isProtectedAlias(text.slice(lineStart, nameEnd));
        break;
      case 'host':
        collected.hosts++;
        collected.host = text.slice(valueStart, valueEnd);
        forward = true;
        break;
      case 'content-length':
        collected.lengths++;
        collected.length = parseContentLength(text, valueStart, valueEnd);
        break;
      case 'transfer-encoding':
        collected.codings++;
        collected.coding = text.slice(valueStart, valueEnd);
        break;
      case 'connection':
        collected.connection = joined(collected.connection ?? '', text, valueStart, valueEnd);
        break;
      case 'expect':
        collected.expect = joined(collected.expect ?? '', text, valueStart, valueEnd);
        break;
      case 'te':
        collected.te = joined(collected.te, text, valueStart, valueEnd);
        break;
      case 'upgrade':
        collected.upgrade = joined(collected.upgrade, text, valueStart, valueEnd);
        break;
      case 'x-forwarded-for':
        if (context.trusted) head.forwardedFor = joined(head.forwardedFor, text, valueStart, valueEnd);
        break;
      case 'x-forwarded-proto':
        if (context.trusted) head.forwardedProto = joined(head.forwardedProto, text, valueStart, valueEnd);
        break;
      case 'forwarded':
        forward = context.trusted;
        break;
      case 'hop':
        break;
      default:
        field satisfies never;
    }
    if (forward) continue;
    if (lineStart > keptFrom) fields += text.slice(keptFrom, lineStart);
    keptFrom = position;
  }
  head.end = position + 2;
  if (head.end > context.maxRequestBytes) return messageFailures.headTooLong;
  head.fields = position > keptFrom ? fields + text.slice(keptFrom, position) : fields;
  return checkFields(head, collected, context);
}

/** What is wrong with a line at the first byte that does not belong there. */
function lineFailure(text: string, position: number): MessageFailure {
  if (position >= text.length) return incomplete;
  const byte = text.charCodeAt(position);
  if (byte === 0x0a) return messageFailures.lineEnd;
  if (byte !== 0x0d) return messageFailures.header;
  if (position + 1 >= text.length) return incomplete;
  // A whole line without a colon, or a CR in the middle of one.
  return text.charCodeAt(position + 1) === 0x0a ? messageFailures.header : messageFailures.lineEnd;
}

function joined(before: string, text: string, start: number, end: number): string {
  return before === '' ? text.slice(start, end) : `${before}, ${text.slice(start, end)}`;
}

function checkFields(
  head: Http1RequestHead,
  collected: CollectedFields,
  context: HeadContext,
): MessageFailure | undefined {
  return (
    checkHost(head, collected, context) ??
    checkConnection(head, collected) ??
    checkFraming(head, collected) ??
    checkExpectation(head, collected)
  );
}

function checkHost(
  head: Http1RequestHead,
  collected: CollectedFields,
  context: HeadContext,
): MessageFailure | undefined {
  if (collected.hosts > 1 || (collected.hosts === 0 && head.version === '1.1')) return messageFailures.hostname;
  const host = collected.hosts === 0 ? undefined : context.authorities.parse(collected.host);
  if (collected.hosts === 1 && host === undefined) return messageFailures.hostname;
  if (head.target.charCodeAt(0) !== 0x2f) {
    const target = readTarget(head.method, head.target, context.secure);
    if (target === undefined) return messageFailures.url;
    head.target = target.path;
    if (target.authority !== undefined) return checkAbsolute(head, target.authority, host, context.secure);
  }
  if (host !== undefined) head.host = host.host;
  return undefined;
}

function checkAbsolute(
  head: Http1RequestHead,
  text: string,
  host: ReturnType<typeof parseAuthority>,
  secure: boolean,
): MessageFailure | undefined {
  const authority = parseAuthority(text);
  if (authority === undefined) return messageFailures.url;
  if (host !== undefined && !sameAuthority(authority, host, secure)) return messageFailures.hostname;
  head.host = authority.host;
  // A 1.0 client without Host: the next hop speaks 1.1 and needs one.
  if (host === undefined) head.fields = `Host: ${text}\r\n${head.fields}`;
  return undefined;
}

function checkConnection(head: Http1RequestHead, collected: CollectedFields): MessageFailure | undefined {
  const options: ConnectionOptions | undefined =
    collected.connection === undefined ? noConnectionOptions : parseConnectionOptions(collected.connection);
  if (options === undefined || namesProtectedField(options)) return messageFailures.header;
  head.keepAlive = head.version === '1.1' ? !options.close : options.keepAlive && !options.close;
  if (options.upgrade && head.version === '1.1') head.upgrade = collected.upgrade;
  if (options.fields !== undefined) head.fields = withoutFields(head.fields, options.fields);
  if (collected.te !== '') {
    head.acceptsTrailers = collected.te.split(',').some((coding) => coding.trim().toLowerCase() === 'trailers');
  }
  return undefined;
}

function checkFraming(head: Http1RequestHead, collected: CollectedFields): MessageFailure | undefined {
  if (collected.codings > 0) {
    if (collected.lengths > 0 || collected.codings > 1 || head.version === '1.0') return messageFailures.badRequest;
    head.bodyLength = -1;
    return checkTransferEncoding(collected.coding);
  }
  if (collected.lengths === 0) return undefined;
  if (collected.lengths > 1 || collected.length === -1) return messageFailures.number;
  head.bodyLength = collected.length;
  return undefined;
}

function checkExpectation(head: Http1RequestHead, collected: CollectedFields): MessageFailure | undefined {
  if (collected.expect === undefined || head.version === '1.0') return undefined;
  if (collected.expect.toLowerCase() !== '100-continue') return messageFailures.expectation;
  head.expectsContinue = head.bodyLength !== 0;
  return undefined;
}
