import * as crypto from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CryptographicError } from '../errors/cryptographic-error.ts';
import { fixedRandom, suiteOfVector } from '../testing/vector-suite.ts';
import { vectors } from '../testing/vectors.ts';
import type { CipherSuite } from './authenticated-encryptor.ts';
import { cipherSizes, digestSize, type CbcSuite } from './cipher-suite.ts';
import { contextHeaderOf } from './context-header.ts';
import { encryptorFor } from './encryptor-for.ts';
import { deriveKeys } from './key-derivation.ts';

vi.mock('node:crypto', { spy: true });
beforeEach(() => vi.clearAllMocks());

const masterKey = Buffer.alloc(64, 'master key of the tests');
const additionalData = Buffer.from('06050403', 'hex');
const readOnly = (suite: CipherSuite): boolean => suite.cipher === 'des-ede3-cbc';
const allSuites = vectors.contextHeaders.map(suiteOfVector);
const suites = allSuites.filter((suite) => !readOnly(suite));
const titled = (suite: CipherSuite): string => `${suite.cipher}${suite.mode === 'cbc' ? ` with ${suite.digest}` : ''}`;
const rows = suites.map((suite) => [titled(suite), suite] as const);

function failure(run: () => unknown): CryptographicError {
  try {
    run();
  } catch (error) {
    if (error instanceof CryptographicError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** All of an error that can be looked at; of the stack what is ours. */
function visible(error: Error): string {
  const stack = error.stack?.split('\n').filter((line) => line.includes('/src/') && !line.includes('.test.ts'));
  const own = Object.getOwnPropertyNames(error).map((name) => [name, error[name as keyof Error]] as const);
  return JSON.stringify({ ...Object.fromEntries(own), stack }, undefined, 1);
}

const cbcSuite: CbcSuite = { mode: 'cbc', cipher: 'aes-256-cbc', digest: 'sha256' };
const keyModifier = Buffer.alloc(16);

function derivedKeys(suite: CbcSuite): { cipherKey: Buffer; macKey: Buffer } {
  const { key } = cipherSizes(suite.cipher);
  const header = contextHeaderOf(suite);
  const bytes = key + digestSize(suite.digest);
  const keys = deriveKeys(crypto.createSecretKey(masterKey), additionalData, header, keyModifier, bytes);
  return { cipherKey: keys.subarray(0, key), macKey: keys.subarray(key) };
}

/** Whole blocks under an IV of zeros, padding and all. */
function blocksOf(padded: Buffer, suite = cbcSuite): Buffer {
  const iv = Buffer.alloc(cipherSizes(suite.cipher).block);
  const cipher = crypto.createCipheriv(suite.cipher, derivedKeys(suite).cipherKey, iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(padded), cipher.final()]);
}

/** A payload with that ciphertext and a MAC that is right. */
function authenticated(body: Buffer, suite = cbcSuite): Buffer {
  const data = Buffer.concat([Buffer.alloc(cipherSizes(suite.cipher).block), body]);
  const mac = crypto.createHmac(suite.digest, derivedKeys(suite).macKey).update(data).digest();
  return Buffer.concat([keyModifier, data, mac]);
}

describe('known answers', () => {
  it.each(vectors.encryptors)('D-39 $name', (vector) => {
    const random = fixedRandom(vector.keyModifierHex, vector.ivHex ?? vector.nonceHex);
    const encryptor = encryptorFor(suiteOfVector(vector), Buffer.from(vector.kdkHex, 'hex'), random);
    const payload = encryptor.encrypt(Buffer.from(vector.plaintextHex, 'hex'), Buffer.from(vector.aadHex, 'hex'));
    expect(payload.toString('base64')).toBe(vector.outputBase64);
    expect(encryptor.decrypt(payload, Buffer.from(vector.aadHex, 'hex')).toString('hex')).toBe(vector.plaintextHex);
  });
});

describe.each(rows)('%s', (_, suite) => {
  const encryptor = encryptorFor(suite, masterKey);

  it('D-46 reads back what it wrote, whatever its length', () => {
    for (let length = 0; length <= 65; length++) {
      const plaintext = crypto.randomBytes(length);
      expect(encryptor.decrypt(encryptor.encrypt(plaintext, additionalData), additionalData)).toEqual(plaintext);
    }
  });

  it('reads back what it wrote, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), fc.nat(40), (plaintext, additionalData, header) => {
        const payload = encryptor.encrypt(plaintext, additionalData, header);
        expect([...encryptor.decrypt(new Uint8Array(payload), additionalData, header)]).toEqual([...plaintext]);
      }),
      { numRuns: 30 },
    );
  });

  it('never writes the same twice', () => {
    const payloads = Array.from({ length: 500 }, () => encryptor.encrypt(Buffer.from('same'), additionalData));
    expect(new Set(payloads.map((payload) => payload.toString('hex'))).size).toBe(500);
  });

  it('D-52 fails alike for every flipped bit, every length and other additional data', () => {
    const payload = encryptor.encrypt(Buffer.from('twenty-one characters'), additionalData);
    const wrong = [
      ...Array.from({ length: payload.length * 8 }, (_, bit) => {
        const flipped = Buffer.from(payload);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        return flipped;
      }),
      ...Array.from({ length: payload.length }, (_, length) => payload.subarray(0, length)),
      Buffer.concat([payload, Buffer.alloc(1)]),
      Buffer.concat([Buffer.alloc(1), payload]),
    ];
    const expected = visible(failure(() => encryptor.decrypt(Buffer.alloc(0), additionalData)));
    const seen = new Set(wrong.map((bytes) => visible(failure(() => encryptor.decrypt(bytes, additionalData)))));
    expect([...seen]).toEqual([expected]);
    expect(visible(failure(() => encryptor.decrypt(payload, Buffer.from('06050404', 'hex'))))).toBe(expected);
    const { stack, ...properties } = JSON.parse(expected) as Record<string, unknown>;
    expect(properties).toEqual({
      name: 'CryptographicError',
      code: 'PayloadInvalid',
      message: 'The payload was invalid.',
    });
    expect(stack).not.toHaveLength(0);
  });

  it('shows no key', () => {
    const keyObject = encryptorFor(suite, crypto.createSecretKey(masterKey));
    for (const one of [encryptor, keyObject]) {
      const shown = [inspect(one, { depth: 9, showHidden: true }), JSON.stringify(one)].join('\n');
      expect(shown).not.toContain('master key');
      expect(shown).not.toMatch(/Buffer|SecretKey|6d ?61 ?73 ?74/);
      expect(Reflect.ownKeys(one as object)).toEqual([]);
    }
  });

  it('zeroes the derived keys', () => {
    vi.clearAllMocks();
    const payload = encryptor.encrypt(Buffer.from('text'), additionalData);
    encryptor.decrypt(payload, additionalData);
    const given = [crypto.createCipheriv, crypto.createDecipheriv, crypto.createHmac].flatMap((create) =>
      vi.mocked(create as typeof crypto.createHmac).mock.calls.map(([, key]) => key),
    );
    const bytes = given.filter((key) => Buffer.isBuffer(key));
    expect(bytes).toHaveLength(suite.mode === 'cbc' ? 4 : 2);
    for (const key of bytes) expect(key.every((byte) => byte === 0)).toBe(true);
  });
});

describe('CBC with HMAC', () => {
  const encryptor = encryptorFor(cbcSuite, masterKey);

  it('D-46 writes two blocks for 16 bytes and one for none', () => {
    expect(encryptor.encrypt(Buffer.alloc(16), additionalData)).toHaveLength(16 + 16 + 32 + 32);
    expect(encryptor.encrypt(Buffer.alloc(0), additionalData)).toHaveLength(16 + 16 + 16 + 32);
  });

  it('D-51 compares the whole MAC in constant time and decrypts nothing after a bad one', () => {
    const payload = encryptor.encrypt(Buffer.from('text'), additionalData);
    const bad = Buffer.from(payload);
    bad[bad.length - 1] = (bad[bad.length - 1] as number) ^ 1;
    vi.clearAllMocks();
    failure(() => encryptor.decrypt(bad, additionalData));
    expect(crypto.timingSafeEqual).toHaveBeenCalledOnce();
    expect(vi.mocked(crypto.timingSafeEqual).mock.calls[0]?.map(({ byteLength }) => byteLength)).toEqual([32, 32]);
    expect(crypto.createDecipheriv).not.toHaveBeenCalled();

    encryptor.decrypt(payload, additionalData);
    expect(crypto.createDecipheriv).toHaveBeenCalledOnce();
  });

  it('D-52 fails alike when the MAC is good and the ciphertext is not', () => {
    const expected = visible(failure(() => encryptor.decrypt(Buffer.alloc(0), additionalData)));
    const padded = (...bytes: number[]): Buffer => Buffer.concat([Buffer.alloc(32 - bytes.length), Buffer.from(bytes)]);
    for (const body of [
      Buffer.alloc(0),
      Buffer.alloc(15),
      Buffer.alloc(17),
      blocksOf(padded(0)),
      blocksOf(padded(17)),
      blocksOf(padded(255)),
      blocksOf(padded(1, 3, 3)),
    ]) {
      expect(visible(failure(() => encryptor.decrypt(authenticated(body), additionalData)))).toBe(expected);
    }
    expect(encryptor.decrypt(authenticated(blocksOf(padded(2, 2))), additionalData)).toHaveLength(30);
  });

  it('refuses to write with 3DES, and reads it', () => {
    const suite: CbcSuite = { mode: 'cbc', cipher: 'des-ede3-cbc', digest: 'sha1' };
    const triple = encryptorFor(suite, masterKey);
    expect(failure(() => triple.encrypt(Buffer.from('text'), additionalData)).code).toBe('UnsupportedAlgorithm');
    const body = blocksOf(Buffer.from('texttextABC\x05\x05\x05\x05\x05'), suite);
    expect(triple.decrypt(authenticated(body, suite), additionalData).toString()).toBe('texttextABC');
  });
});
