import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { payloadInvalid } from '../errors/payload-errors.ts';
import type { AuthenticatedEncryptor } from './authenticated-encryptor.ts';
import { cipherSizes, type GcmSuite } from './cipher-suite.ts';
import { contextHeaderOf, gcmNonceBytes, gcmTagBytes } from './context-header.ts';
import { deriveKeys } from './key-derivation.ts';
import { keyModifierBytes } from './key-modifier.ts';
import type { RandomPool } from './random-pool.ts';

const tagOption = { authTagLength: gcmTagBytes };

/**
 * AES-GCM under a key derived for each payload. The additional data are bound by the derivation; GCM itself gets none.
 *
 *     | key modifier, 16 | nonce, 12 | ciphertext | tag, 16 |
 */
export class GcmEncryptor implements AuthenticatedEncryptor {
  readonly #suite: GcmSuite;
  readonly #masterKey: KeyObject;
  readonly #random: RandomPool;
  readonly #contextHeader: Buffer;
  readonly #keyBytes: number;

  constructor(suite: GcmSuite, masterKey: KeyObject, random: RandomPool) {
    this.#suite = suite;
    this.#masterKey = masterKey;
    this.#random = random;
    this.#keyBytes = cipherSizes(suite.cipher).key;
    this.#contextHeader = contextHeaderOf(suite);
  }

  encrypt(plaintext: Uint8Array, additionalData: Uint8Array, headerLength = 0): Buffer {
    const nonceStart = headerLength + keyModifierBytes;
    const bodyStart = nonceStart + gcmNonceBytes;
    const tagStart = bodyStart + plaintext.length;
    const payload = Buffer.allocUnsafe(tagStart + gcmTagBytes);
    this.#random.fill(payload, headerLength, bodyStart);

    const key = this.#deriveKey(additionalData, payload.subarray(headerLength, nonceStart));
    try {
      const nonce = payload.subarray(nonceStart, bodyStart);
      const encrypting = createCipheriv(this.#suite.cipher, key, nonce, tagOption);
      payload.set(encrypting.update(plaintext), bodyStart);
      encrypting.final();
      payload.set(encrypting.getAuthTag(), tagStart);
    } finally {
      key.fill(0);
    }
    return payload;
  }

  decrypt(payload: Uint8Array, additionalData: Uint8Array, offset = 0): Buffer {
    // One place to throw from: what is wrong shows neither in the error nor in its stack.
    const plaintext = this.#open(payload, additionalData, offset);
    if (plaintext === undefined) throw payloadInvalid();
    return plaintext;
  }

  #open(payload: Uint8Array, additionalData: Uint8Array, offset: number): Buffer | undefined {
    const nonceStart = offset + keyModifierBytes;
    const bodyStart = nonceStart + gcmNonceBytes;
    const tagStart = payload.length - gcmTagBytes;
    if (tagStart < bodyStart) return undefined;

    const key = this.#deriveKey(additionalData, payload.subarray(offset, nonceStart));
    try {
      const nonce = payload.subarray(nonceStart, bodyStart);
      const decrypting = createDecipheriv(this.#suite.cipher, key, nonce, tagOption);
      decrypting.setAuthTag(payload.subarray(tagStart));
      const plaintext = decrypting.update(payload.subarray(bodyStart, tagStart));
      return isAuthentic(decrypting) ? plaintext : undefined;
    } finally {
      key.fill(0);
    }
  }

  #deriveKey(additionalData: Uint8Array, keyModifier: Uint8Array): Buffer {
    return deriveKeys(this.#masterKey, additionalData, this.#contextHeader, keyModifier, this.#keyBytes);
  }
}

function isAuthentic(decrypting: { final(): Buffer }): boolean {
  try {
    decrypting.final();
    return true;
  } catch {
    return false;
  }
}
