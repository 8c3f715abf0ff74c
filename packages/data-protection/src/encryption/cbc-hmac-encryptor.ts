import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { payloadInvalid } from '../errors/payload-errors.ts';
import type { AuthenticatedEncryptor } from './authenticated-encryptor.ts';
import { cipherSizes, digestSize, unsupportedAlgorithm, type CbcSuite } from './cipher-suite.ts';
import { contextHeaderOf } from './context-header.ts';
import { deriveKeys } from './key-derivation.ts';
import { keyModifierBytes } from './key-modifier.ts';
import type { RandomPool } from './random-pool.ts';

/**
 * CBC, then HMAC over IV and ciphertext, under keys derived for each payload.
 *
 *     | key modifier, 16 | IV, a block | ciphertext, PKCS#7 | HMAC |
 */
export class CbcHmacEncryptor implements AuthenticatedEncryptor {
  readonly #suite: CbcSuite;
  readonly #masterKey: KeyObject;
  readonly #random: RandomPool;
  readonly #contextHeader: Buffer;
  readonly #keyBytes: number;
  readonly #blockBytes: number;
  readonly #macBytes: number;

  constructor(suite: CbcSuite, masterKey: KeyObject, random: RandomPool) {
    const cipher = cipherSizes(suite.cipher);
    this.#suite = suite;
    this.#masterKey = masterKey;
    this.#random = random;
    this.#keyBytes = cipher.key;
    this.#blockBytes = cipher.block;
    this.#macBytes = digestSize(suite.digest);
    this.#contextHeader = contextHeaderOf(suite);
  }

  encrypt(plaintext: Uint8Array, additionalData: Uint8Array, headerLength = 0): Buffer {
    // 64-bit blocks repeat too soon; ASP.NET Core writes such payloads only when it was told to.
    if (this.#suite.cipher === 'des-ede3-cbc') throw unsupportedAlgorithm('3DES, except for reading');
    const ivStart = headerLength + keyModifierBytes;
    const bodyStart = ivStart + this.#blockBytes;
    const macStart = bodyStart + plaintext.length + this.#blockBytes - (plaintext.length % this.#blockBytes);
    const payload = Buffer.allocUnsafe(macStart + this.#macBytes);
    this.#random.fill(payload, headerLength, bodyStart);

    const keys = this.#deriveKeys(additionalData, payload.subarray(headerLength, ivStart));
    try {
      const iv = payload.subarray(ivStart, bodyStart);
      const encrypting = createCipheriv(this.#suite.cipher, keys.subarray(0, this.#keyBytes), iv);
      const body = encrypting.update(plaintext);
      payload.set(body, bodyStart);
      payload.set(encrypting.final(), bodyStart + body.length);
      payload.set(this.#macOf(keys, payload.subarray(ivStart, macStart)), macStart);
    } finally {
      keys.fill(0);
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
    const ivStart = offset + keyModifierBytes;
    const bodyStart = ivStart + this.#blockBytes;
    const macStart = payload.length - this.#macBytes;
    if (macStart < bodyStart) return undefined;

    const keys = this.#deriveKeys(additionalData, payload.subarray(offset, ivStart));
    try {
      const mac = this.#macOf(keys, payload.subarray(ivStart, macStart));
      if (!timingSafeEqual(mac, payload.subarray(macStart))) return undefined;
      const bodyBytes = macStart - bodyStart;
      if (bodyBytes === 0 || bodyBytes % this.#blockBytes !== 0) return undefined;
      const iv = payload.subarray(ivStart, bodyStart);
      const decrypting = createDecipheriv(this.#suite.cipher, keys.subarray(0, this.#keyBytes), iv);
      // All blocks come from the one `update`, nothing is left for `final`: no second buffer, no copy.
      decrypting.setAutoPadding(false);
      return withoutPadding(decrypting.update(payload.subarray(bodyStart, macStart)), this.#blockBytes);
    } finally {
      keys.fill(0);
    }
  }

  #deriveKeys(additionalData: Uint8Array, keyModifier: Uint8Array): Buffer {
    const bytes = this.#keyBytes + this.#macBytes;
    return deriveKeys(this.#masterKey, additionalData, this.#contextHeader, keyModifier, bytes);
  }

  #macOf(keys: Buffer, data: Uint8Array): Buffer {
    return createHmac(this.#suite.digest, keys.subarray(this.#keyBytes)).update(data).digest();
  }
}

/** PKCS#7; the MAC has been checked, so that nobody but the writer decides what stands here. */
function withoutPadding(padded: Buffer, blockBytes: number): Buffer | undefined {
  const padding = padded[padded.length - 1] as number;
  if (padding === 0 || padding > blockBytes) return undefined;
  const length = padded.length - padding;
  for (let index = length; index < padded.length; index++) if (padded[index] !== padding) return undefined;
  return padded.subarray(0, length);
}
