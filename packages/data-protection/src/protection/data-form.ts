import { types } from 'node:util';
import { decodeBase64Url, encodeBase64Url } from '../encoding/base64url.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.ts';
import { homogenised } from '../errors/payload-errors.ts';

/**
 * Callers give bytes and get bytes, or give text and get text: plaintext is UTF-8 then, a payload base64url. What is
 * no such text is a `GenericError`, as in ASP.NET Core; what is neither is the caller's mistake, a TypeError.
 */
export type Form = Uint8Array | string;

export function plaintextOf(data: Form): Uint8Array {
  return typeof data === 'string' ? strictly(() => encodeUtf8(data)) : bytesOf(data);
}

export function payloadOf(data: Form): Uint8Array {
  return typeof data === 'string' ? strictly(() => decodeBase64Url(data)) : bytesOf(data);
}

/** The form of `given`, for a payload made of it. */
export function protectedForm(given: Form, payload: Buffer): Form {
  return typeof given === 'string' ? encodeBase64Url(payload) : payload;
}

/** The form of `given`, for what was in it. */
export function unprotectedForm(given: Form, plaintext: Buffer): Form {
  return typeof given === 'string' ? strictly(() => decodeUtf8(plaintext)) : plaintext;
}

export function bytesOf(data: unknown): Uint8Array {
  if (!types.isUint8Array(data)) throw new TypeError('Data to protect or unprotect are a Uint8Array or a string.');
  return data;
}

function strictly<T>(convert: () => T): T {
  try {
    return convert();
  } catch (error) {
    throw homogenised(error, 'GenericError');
  }
}
