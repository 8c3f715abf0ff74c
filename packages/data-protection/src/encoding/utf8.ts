import { isUtf8 } from 'node:buffer';
import { EncodingError } from '../errors/encoding-error.ts';
import { asBuffer } from './as-buffer.ts';

/**
 * UTF-8 of text, strictly: half a surrogate pair has no encoding, and `Buffer.from` would write U+FFFD for it, so that
 * two different texts became the same bytes.
 *
 * @throws EncodingError for a surrogate without its other half
 */
export function encodeUtf8(text: string): Buffer {
  if (!text.isWellFormed()) throw new EncodingError('The text has a surrogate without its other half.');
  return Buffer.from(text, 'utf8');
}

/**
 * Text of UTF-8, strictly. A leading byte order mark is kept: it is part of what was encoded.
 *
 * @throws EncodingError for overlong forms, surrogates, values above U+10FFFF and sequences that are cut
 */
export function decodeUtf8(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new EncodingError('The bytes are not valid UTF-8.');
  return asBuffer(bytes).toString('utf8');
}
