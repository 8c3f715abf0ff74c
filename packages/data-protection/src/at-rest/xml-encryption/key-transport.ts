import { constants, privateDecrypt, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import { asBuffer } from '../../encoding/as-buffer.ts';
import type { KeyTransport } from './algorithms.ts';

export function wrapKey(key: Uint8Array, publicKey: KeyObject, transport: KeyTransport): Buffer {
  return publicEncrypt({ key: publicKey, ...padding(transport) }, key);
}

/**
 * Decrypts the key of the content. What cannot be decrypted yields a random key: that the wrapped key was wrong must not
 * be told apart from wrong content (https://www.rfc-editor.org/rfc/rfc3218#section-2.3).
 *
 * @param length of the key in bytes, known from the algorithm of the content
 */
export function unwrapKey(wrapped: Uint8Array, privateKey: KeyObject, transport: KeyTransport, length: number): Buffer {
  const substitute = randomBytes(length);
  try {
    if (transport === 'rsa-oaep-mgf1p') {
      const key = privateDecrypt({ key: privateKey, ...padding(transport) }, wrapped);
      return key.length === length ? key : substitute;
    }
    // Node.js refuses PKCS#1 v1.5 here since CVE-2023-46809, so the padding is taken off below.
    const block = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, wrapped);
    try {
      return unpad(block, substitute);
    } finally {
      block.fill(0);
    }
  } catch {
    return substitute;
  }
}

/**
 * The last bytes of `00 02 {at least 8 bytes, none zero} 00 {key}`, or the substitute of the same length when the block
 * is anything else. All bytes are looked at, and the choice is made without a branch.
 */
export function unpad(block: Uint8Array, substitute: Uint8Array): Buffer {
  const start = block.length - substitute.length;
  if (start < 11) return Buffer.from(substitute);
  let wrong = byteOf(block, 0) | (byteOf(block, 1) ^ 2) | byteOf(block, start - 1);
  // Below zero only for a zero byte, whose sign is shifted to the lowest bit.
  for (let index = 2; index < start - 1; index += 1) wrong |= (byteOf(block, index) - 1) >>> 31;
  const keep = (wrong - 1) >> 31;
  return asBuffer(substitute.map((byte, index) => (byteOf(block, start + index) & keep) | (byte & ~keep)));
}

function byteOf(bytes: Uint8Array, index: number): number {
  return bytes[index] as number;
}

function padding(transport: KeyTransport): { padding: number; oaepHash?: string } {
  return transport === 'rsa-1_5'
    ? { padding: constants.RSA_PKCS1_PADDING }
    : { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
}
