import { EncodingError } from '../errors/encoding-error.ts';

/** base64url without padding. */
export function encodeBase64Url(bytes: Buffer): string {
  return bytes.toString('base64url');
}

/**
 * Decodes base64url strictly. As .NET does, takes `+` and `/` too, correct padding, and any value of the bits that the
 * last character does not need.
 *
 * @param text what came with a request may be no text at all; `Buffer.from` would make as many bytes as it says it has
 * @throws EncodingError for what is no text, for any other character and for a length that no bytes have
 */
export function decodeBase64Url(text: string): Buffer {
  if (typeof text !== 'string') throw new EncodingError('What should be base64url is no text.');
  const bytes = Buffer.from(text, 'base64url');
  // Node.js skips what it does not know, and of a character above U+00FF takes the low byte for it. Nothing of that
  // survives the way back, so what we write ourselves, nearly every text, is proven by one comparison.
  if (bytes.toString('base64url') === text) return bytes;
  if (!isLenientBase64(text)) throw new EncodingError('The text is not base64url.');
  return bytes;
}

function isLenientBase64(text: string): boolean {
  const padding = /^[\w+/-]*(={0,2})$/.exec(text)?.[1]?.length;
  if (padding === undefined) return false;
  return padding === 0 ? text.length % 4 !== 1 : text.length % 4 === 0;
}
