import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { ContentAlgorithm } from './algorithms.ts';

/** IV and ciphertext. Padded as ISO 10126 has it: random bytes, the last one their number. */
export function encryptContent(plaintext: Uint8Array, key: Uint8Array, algorithm: ContentAlgorithm): Buffer {
  const iv = randomBytes(algorithm.blockBytes);
  const count = algorithm.blockBytes - (plaintext.length % algorithm.blockBytes);
  const padding = randomBytes(count);
  padding[count - 1] = count;
  const cipher = createCipheriv(algorithm.cipher, key, iv).setAutoPadding(false);
  return Buffer.concat([iv, cipher.update(plaintext), cipher.update(padding), cipher.final()]);
}

/** Undefined when it cannot be. Only the last byte of the padding tells, so PKCS#7 is read as well. */
export function decryptContent(content: Uint8Array, key: Uint8Array, algorithm: ContentAlgorithm): Buffer | undefined {
  const { blockBytes } = algorithm;
  if (content.length < 2 * blockBytes || content.length % blockBytes !== 0) return undefined;
  const decipher = createDecipheriv(algorithm.cipher, key, content.subarray(0, blockBytes)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(content.subarray(blockBytes)), decipher.final()]);
  const count = padded.at(-1) as number;
  return count >= 1 && count <= blockBytes ? padded.subarray(0, -count) : undefined;
}
