import { type MessageFailure, messageFailures } from '../pipeline/message-failure.ts';
import { listItems } from './list-items.ts';

/** The number that bytes[start, end) spell, a `Content-Length`; -1 when it is not 1*DIGIT below 2^53. */
export function parseContentLength(bytes: Uint8Array, start: number, end: number): number {
  let length = 0;
  for (let index = start; index < end; index++) {
    const digit = (bytes[index] as number) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
    if (length > Number.MAX_SAFE_INTEGER) return -1;
  }
  return start < end ? length : -1;
}

/**
 * Checks the value of the only `Transfer-Encoding` field of a request: `chunked` alone is accepted. What a
 * recipient could read in two ways is a bad request; a coding that is merely unknown is not implemented.
 */
export function checkTransferEncoding(value: string): MessageFailure | undefined {
  if (value === 'chunked') return undefined;
  const codings = listItems(value);
  if (codings.length === 1 && codings[0] === 'chunked') return undefined;
  if (codings.some((coding) => !/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(coding))) return messageFailures.badRequest;
  const chunked = codings.indexOf('chunked');
  if (chunked !== -1 && chunked !== codings.length - 1) return messageFailures.badRequest;
  return messageFailures.transferCoding;
}
