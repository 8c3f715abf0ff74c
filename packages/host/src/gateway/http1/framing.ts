import { type MessageFailure, messageFailures } from '../pipeline/message-failure.ts';

/** Value of `Content-Length`; undefined when it is not 1*DIGIT below 2^53. */
export function parseContentLength(value: string): number | undefined {
  let length = 0;
  for (let index = 0; index < value.length; index++) {
    const digit = value.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    length = length * 10 + digit;
    if (length > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return value.length === 0 ? undefined : length;
}

/**
 * Checks the value of the only `Transfer-Encoding` field of a request: `chunked` alone is accepted. What a
 * recipient could read in two ways is a bad request; a coding that is merely unknown is not implemented.
 */
export function checkTransferEncoding(value: string): MessageFailure | undefined {
  if (value === 'chunked') return undefined;
  const codings = value.split(',').map((coding) => coding.trim().toLowerCase());
  if (codings.length === 1 && codings[0] === 'chunked') return undefined;
  if (codings.some((coding) => !/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(coding))) return messageFailures.badRequest;
  const chunked = codings.indexOf('chunked');
  if (chunked !== -1 && chunked !== codings.length - 1) return messageFailures.badRequest;
  return messageFailures.transferCoding;
}
