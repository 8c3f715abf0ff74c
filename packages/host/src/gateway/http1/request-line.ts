import { messageFailures, type MessageFailure } from '../pipeline/message-failure.ts';
import { nameBytes, targetBytes } from './characters.ts';
import { incomplete } from './request-fields.ts';
import type { HeadContext, Http1RequestHead } from './request-head.ts';

/** Reads `method SP target SP version CRLF` into `head`; the form of the target is checked with the host. */
export function parseRequestLine(
  head: Http1RequestHead,
  bytes: Uint8Array,
  context: HeadContext,
): MessageFailure | undefined {
  const { text } = head;
  const end = text.length;
  let position = 0;
  while (position < end && nameBytes[bytes[position] as number]) position++;
  if (position === end) return incomplete;
  if (position === 0 || bytes[position] !== 0x20) return messageFailures.verb;
  head.method = methodOf(text, position);

  const targetStart = ++position;
  while (position < end && targetBytes[bytes[position] as number]) position++;
  if (position === end) return incomplete;
  if (position === targetStart || bytes[position] !== 0x20) return messageFailures.url;
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
    if ('HTTP/1.1\r\n'.startsWith(version) || 'HTTP/1.0\r\n'.startsWith(version)) return incomplete;
    // The reason must not depend on how the line was cut: the byte after `HTTP/1.2` tells it from `HTTP/1.20`.
    return partOfVersion.test(version) ? incomplete : notAVersion(version);
  }
  if (text.startsWith('HTTP/1.1\r\n', position)) return undefined;
  if (text.startsWith('HTTP/1.0\r\n', position)) {
    head.version = '1.0';
    return undefined;
  }
  return notAVersion(text.slice(position, position + 10));
}

const partOfVersion = /^HTTP\/\d(?:\.\d?)?$/;

function notAVersion(text: string): MessageFailure {
  if (/^HTTP\/\d\.\d\r/.test(text)) return messageFailures.version;
  if (/^HTTP\/1\.[01](?:\n|\r[^\n])/.test(text)) return messageFailures.lineEnd;
  return messageFailures.badRequest;
}
