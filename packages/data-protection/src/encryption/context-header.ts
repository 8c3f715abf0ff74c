import { createCipheriv, createHmac, createSecretKey } from 'node:crypto';
import type { CipherSuite } from './authenticated-encryptor.ts';
import { cipherSizes, digestSize, type CbcSuite, type GcmSuite } from './cipher-suite.ts';
import { deriveKeys } from './key-derivation.ts';

export const gcmNonceBytes = 12;
export const gcmTagBytes = 16;

const empty = Buffer.alloc(0);

/**
 * A thumbprint of the algorithms, which goes into the derivation of every payload's keys, so that a payload cannot be
 * read with others than it was made with: sizes, and what the primitives make of nothing under keys that everybody
 * knows.
 */
export function contextHeaderOf(suite: CipherSuite): Buffer {
  return suite.mode === 'cbc' ? cbcHeader(suite) : gcmHeader(suite);
}

function cbcHeader({ cipher, digest }: CbcSuite): Buffer {
  const sizes = cipherSizes(cipher);
  const macBytes = digestSize(digest);
  const keys = publicKeys(sizes.key + macBytes);
  const encrypting = createCipheriv(cipher, keys.subarray(0, sizes.key), Buffer.alloc(sizes.block));
  return Buffer.concat([
    start(0, sizes.key, sizes.block, macBytes, macBytes),
    encrypting.update(empty),
    encrypting.final(),
    createHmac(digest, keys.subarray(sizes.key)).update(empty).digest(),
  ]);
}

function gcmHeader({ cipher }: GcmSuite): Buffer {
  const sizes = cipherSizes(cipher);
  const encrypting = createCipheriv(cipher, publicKeys(sizes.key), Buffer.alloc(gcmNonceBytes));
  encrypting.final();
  return Buffer.concat([start(1, sizes.key, gcmNonceBytes, sizes.block, gcmTagBytes), encrypting.getAuthTag()]);
}

function start(kind: number, ...sizes: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 + 4 * sizes.length);
  bytes.writeUInt16BE(kind);
  sizes.forEach((size, index) => bytes.writeUInt32BE(size, 2 + 4 * index));
  return bytes;
}

function publicKeys(bytes: number): Buffer {
  return deriveKeys(createSecretKey(empty), empty, empty, empty, bytes);
}
