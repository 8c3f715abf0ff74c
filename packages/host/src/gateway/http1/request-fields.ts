import { messageFailures, type MessageFailure } from '../pipeline/message-failure.ts';
import { isBlank, nameBytes, underscore, valueBytes } from './characters.ts';
import { isProtectedAlias, requestField } from './field-names.ts';
import { parseContentLength } from './framing.ts';
import type { HeadContext, Http1RequestHead } from './request-head.ts';

/** Marks a text that ends before the head does; never leaves `parseRequestHead`. */
export const incomplete: MessageFailure = { failure: 'Incomplete', status: 0, heading: '' };

/** What the fields say that the gateway acts on, before the checks that need all of them. */
export interface CollectedFields {
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
 * Scans the fields of `head` and its blank line: one pass, byte by byte. Lines to forward stay contiguous slices of
 * the text; what the gateway acts on is collected.
 */
export function scanFields(
  head: Http1RequestHead,
  bytes: Uint8Array,
  context: HeadContext,
): CollectedFields | MessageFailure {
  const { text } = head;
  const end = text.length;
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
    while (position < end) {
      const bits = nameBytes[bytes[position] as number] as number;
      if (bits === 0) break;
      seen |= bits;
      position++;
    }
    if (position === lineStart && isLineEnd(bytes, position, end)) break;
    if (position === lineStart || position === end || bytes[position] !== 0x3a)
      return lineFailure(bytes, position, end);
    const nameEnd = position++;
    while (position < end && isBlank(bytes[position])) position++;
    const valueStart = position;
    while (position < end && valueBytes[bytes[position] as number]) position++;
    if (!isLineEnd(bytes, position, end)) return lineFailure(bytes, position, end);
    let valueEnd = position;
    while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1])) valueEnd--;
    position += 2;
    if (position - lineStart - 2 > context.maxFieldBytes) return messageFailures.fieldTooLong;
    if (++count > context.maxFields) return messageFailures.headTooLong;

    const field = requestField(bytes, lineStart, nameEnd);
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
        collected.length = parseContentLength(bytes, valueStart, valueEnd);
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
  return collected;
}

function isLineEnd(bytes: Uint8Array, position: number, end: number): boolean {
  return position + 1 < end && bytes[position] === 0x0d && bytes[position + 1] === 0x0a;
}

/** What is wrong with a line at the first byte that does not belong there. */
function lineFailure(bytes: Uint8Array, position: number, end: number): MessageFailure {
  if (position >= end) return incomplete;
  const byte = bytes[position];
  if (byte === 0x0a) return messageFailures.lineEnd;
  if (byte !== 0x0d) return messageFailures.header;
  if (position + 1 >= end) return incomplete;
  // A whole line without a colon, or a CR in the middle of one.
  return bytes[position + 1] === 0x0a ? messageFailures.header : messageFailures.lineEnd;
}

function joined(before: string, text: string, start: number, end: number): string {
  return before === '' ? text.slice(start, end) : `${before}, ${text.slice(start, end)}`;
}
