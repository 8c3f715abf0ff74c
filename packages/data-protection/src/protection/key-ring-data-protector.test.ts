import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { encryptorFor } from '../encryption/encryptor-for.ts';
import type { RandomPool } from '../encryption/random-pool.ts';
import { CryptographicError } from '../errors/cryptographic-error.ts';
import { RingNotLoadedError } from '../errors/ring-not-loaded-error.ts';
import type { KeyRing, KeyRingProvider } from '../keys/key-ring.ts';
import { loadedRing, ringOf } from '../testing/fixed-ring.ts';
import { fixedRandom, suiteOfVector } from '../testing/vector-suite.ts';
import { vectors, type SuiteVector } from '../testing/vectors.ts';
import { KeyRingDataProtectionProvider } from './key-ring-data-protection-provider.ts';

const { keyId, masterKeyBase64 } = vectors.protectedPayloads.key;
const otherKeyId = '0c819c80-6619-4019-9536-53f8aaffee57';
const defaultSuite: SuiteVector = { cipher: 'aes-256-cbc', mac: 'hmac-sha256' };

const encryptorOfVector = (suite: SuiteVector, random?: RandomPool) =>
  encryptorFor(suiteOfVector(suite), Buffer.from(masterKeyBase64, 'base64'), random);
const ringOfVector = (suite: SuiteVector, random?: RandomPool) =>
  ringOf({ keyId, encryptor: encryptorOfVector(suite, random) });
const provider = new KeyRingDataProtectionProvider(loadedRing(ringOfVector(defaultSuite)));
const protector = provider.createProtector('purpose');
const withCode = (code: string) => expect.objectContaining({ name: 'CryptographicError', code });

describe('known payloads', () => {
  it.each(vectors.protectedPayloads.cases)('D-40 reads and writes $name', async (vector) => {
    const random = fixedRandom(vector.keyModifierHex, vector.ivHex ?? vector.nonceHex);
    const rings = loadedRing(ringOfVector(vector, random));
    const protector = new KeyRingDataProtectionProvider(rings).createProtector(vector.purposes);
    const plaintext = Buffer.from(vector.plaintextBase64, 'base64');
    const payload = Buffer.from(vector.payloadHex, 'hex');
    expect(protector.unprotectSync(payload)).toEqual(plaintext);
    expect(await protector.unprotect(new Uint8Array(payload))).toEqual(plaintext);
    const written = Buffer.from(protector.protectSync(plaintext));
    expect(written.toString('hex')).toBe(vector.payloadHex);
    expect(written.toString('base64url')).toBe(vector.payloadBase64Url);
  });

  it('D-40 have the layout of the published sample', () => {
    const { hex, keyId: sampleKeyId, layout } = vectors.documentationSamplePayload;
    const sample = Buffer.from(hex, 'hex');
    expect(() => protector.unprotectSync(sample)).toThrow(`The key {${sampleKeyId}} was not found in the key ring.`);
    const length = Object.values(layout).reduce((sum, part) => sum + part, 0);
    expect(protector.protectSync(Buffer.alloc(layout.ciphertext - 1))).toHaveLength(length);
  });

  it.each(vectors.negativePayloads.cases)('D-41 fails for $name with $code', async ({ payloadHex, code, purposes }) => {
    const protector = provider.createProtector(purposes ?? ['purpose']);
    const payload = Buffer.from(payloadHex, 'hex');
    expect(() => protector.unprotectSync(payload)).toThrow(withCode(code));
    await expect(protector.unprotect(payload)).rejects.toThrow(withCode(code));
    await expect(protector.unprotect(payload.toString('base64url'))).rejects.toThrow(withCode(code));
    await expect(protector.dangerousUnprotect(payload, true)).rejects.toThrow(withCode(code));
  });
});

describe('purposes', () => {
  const payload = provider.createProtector('a', 'b').protectSync('text');

  it.each([
    ['a list', provider.createProtector(['a', 'b'])],
    ['a chain', provider.createProtector('a').createProtector('b')],
    [
      'a discriminator and one purpose',
      new KeyRingDataProtectionProvider(loadedRing(ringOfVector(defaultSuite)), { discriminator: 'a' }).createProtector(
        'b',
      ),
    ],
  ])('D-42 are the same as %s', (_, protector) => expect(protector.unprotectSync(payload)).toBe('text'));

  it.each([
    ['in another order', ['b', 'a']],
    ['in other case', ['A', 'b']],
    ['less one', ['a']],
    ['and an empty one', ['a', 'b', '']],
    ['after an empty one', ['', 'a', 'b']],
    ['joined', ['a.b']],
    ['joined without a dot', ['ab']],
    ['with a blank', ['a', 'b ']],
  ])('D-42 %s are others', (_, purposes) => {
    expect(() => provider.createProtector(purposes).unprotectSync(payload)).toThrow(withCode('PayloadInvalid'));
  });

  it('D-42 are not normalised', () => {
    const composed = provider.createProtector('Zo\u00eb').protectSync('text');
    expect(() => provider.createProtector('Zoe\u0308').unprotectSync(composed)).toThrow(withCode('PayloadInvalid'));
  });

  it('may be empty text', () => {
    const empty = provider.createProtector('');
    expect(empty.unprotectSync(empty.protectSync('text'))).toBe('text');
  });

  it.each([
    ['none', []],
    ['null', null],
    ['undefined', undefined],
    ['a number', 1],
    ['null among them', ['a', null]],
    ['a list among them', ['a', ['b']]],
    ['a hole among them', Object.assign(Array.from({ length: 2 }), { 0: 'a' })],
    ['half a surrogate pair', '\ud800'],
    ['half a pair among them', ['a', 'b\udc00']],
  ])('D-43 %s throws a TypeError', (_, purposes) => {
    expect(() => provider.createProtector(purposes as string)).toThrow(TypeError);
    expect(() => protector.createProtector(purposes as string)).toThrow(TypeError);
    expect(() => protector.toTimeLimitedDataProtector().createProtector(purposes as string)).toThrow(TypeError);
  });

  it('D-43 the discriminator too', () => {
    const rings = loadedRing(ringOfVector(defaultSuite));
    expect(() => new KeyRingDataProtectionProvider(rings, { discriminator: '\ud800' })).toThrow(TypeError);
  });
});

describe('arguments', () => {
  it.each([null, undefined, 1, {}, [1], new Uint16Array(2), new ArrayBuffer(4)])(
    'D-43 %s throws a TypeError',
    async (value) => {
      const data = value as unknown as Uint8Array;
      expect(() => protector.protectSync(data)).toThrow(TypeError);
      expect(() => protector.unprotectSync(data)).toThrow(TypeError);
      await expect(protector.protect(data)).rejects.toThrow(TypeError);
      await expect(protector.unprotect(data)).rejects.toThrow(TypeError);
      await expect(protector.dangerousUnprotect(data, false)).rejects.toThrow(TypeError);
    },
  );

  it('D-43 text with half a surrogate pair is refused', async () => {
    expect(() => protector.protectSync('\ud800')).toThrow(withCode('GenericError'));
    await expect(protector.protect('a\udc00')).rejects.toThrow(withCode('GenericError'));
  });
});

describe('text', () => {
  it.each(['', 'hello', 'Zoë', '😀', '\ufeffmarked', '\0'])('D-47 %j comes back', async (text) => {
    const payload = await protector.protect(text);
    expect(payload).toMatch(/^CfDJ8[\w-]+$/);
    expect(await protector.unprotect(payload)).toBe(text);
    const classic = payload.replaceAll('-', '+').replaceAll('_', '/');
    const padded = classic + '='.repeat((4 - (classic.length % 4)) % 4);
    expect(protector.unprotectSync(classic)).toBe(text);
    expect(protector.unprotectSync(padded)).toBe(text);
  });

  it.each([
    ['a blank', (payload: string) => `${payload} `],
    ['a dot', (payload: string) => payload.replace('CfDJ8', 'CfDJ8.')],
    ['a line feed', (payload: string) => `${payload}\n`],
    ['junk alone', () => '!!!!'],
    ['a percent sign', () => 'CfDJ8%41'],
  ])('D-47 %s is refused', async (_, spoil) => {
    const text = spoil(protector.protectSync('text'));
    expect(() => protector.unprotectSync(text)).toThrow(withCode('GenericError'));
    await expect(protector.unprotect(text)).rejects.toThrow(withCode('GenericError'));
  });

  it('is refused when the plaintext is none', () => {
    const payload = Buffer.from(protector.protectSync(Uint8Array.of(0xff))).toString('base64url');
    expect(() => protector.unprotectSync(payload)).toThrow(withCode('GenericError'));
  });

  it('and bytes come back, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string({ unit: 'grapheme' }), (bytes, text) => {
        expect([...protector.unprotectSync(protector.protectSync(bytes))]).toEqual([...bytes]);
        expect(protector.unprotectSync(protector.protectSync(text))).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it('D-46 10 MiB come back, and nothing does', async () => {
    const large = randomBytes(10 * 1024 * 1024);
    expect(Buffer.from(await protector.unprotect(await protector.protect(large))).equals(large)).toBe(true);
    expect(protector.unprotectSync(protector.protectSync(new Uint8Array(0)))).toHaveLength(0);
  });
});

describe('errors', () => {
  const payload = Buffer.from(protector.protectSync('text'), 'base64url');

  it('D-52 are the same for every flipped bit behind the header', () => {
    const seen = new Set<string>();
    for (let bit = 20 * 8; bit < payload.length * 8; bit++) {
      const flipped = Buffer.from(payload);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      try {
        protector.unprotectSync(flipped);
        seen.add('none');
      } catch (error) {
        seen.add(inspect(error).replaceAll(/\n.*(?:\.test\.ts|node_modules|node:).*/g, ''));
      }
    }
    expect(seen.size).toBe(1);
    expect([...seen][0]).toContain("code: 'PayloadInvalid'");
  });

  it('tell of flipped bits in the header what they mean', () => {
    for (let bit = 0; bit < 20 * 8; bit++) {
      const flipped = Buffer.from(payload);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      const isVersion = bit >= 24 && bit < 28;
      const code = bit >= 32 ? 'KeyNotFound' : isVersion ? 'BadVersion' : 'BadMagicHeader';
      expect(() => protector.unprotectSync(flipped)).toThrow(withCode(code));
    }
  });

  it('of other kinds become causes', async () => {
    const broken = new Error('the disk is gone');
    const encryptor = {
      encrypt: () => {
        throw broken;
      },
      decrypt: () => {
        throw broken;
      },
    };
    const protector = new KeyRingDataProtectionProvider(loadedRing(ringOf({ keyId, encryptor }))).createProtector('p');
    const encryption = { code: 'EncryptionFailed', cause: broken };
    const decryption = { code: 'DecryptionFailed', cause: broken };
    expect(() => protector.protectSync('text')).toThrow(expect.objectContaining(encryption));
    expect(() => protector.unprotectSync(payload)).toThrow(expect.objectContaining(decryption));
    await expect(protector.protect('text')).rejects.toMatchObject(encryption);
    await expect(protector.unprotect(payload)).rejects.toMatchObject(decryption);
  });

  it('of a ring that cannot be loaded become causes', async () => {
    const broken = new Error('the disk is gone');
    const fails = (): Promise<KeyRing> => Promise.reject(broken);
    const rings = { loaded: undefined, current: fails, refreshedFor: fails };
    const protector = new KeyRingDataProtectionProvider(rings).createProtector('p');
    await expect(protector.protect('text')).rejects.toMatchObject({ code: 'EncryptionFailed', cause: broken });
    await expect(protector.unprotect(payload)).rejects.toMatchObject({ code: 'DecryptionFailed', cause: broken });
  });
});

describe('keys', () => {
  const encryptor = encryptorOfVector(defaultSuite);
  const other = encryptorFor(suiteOfVector(defaultSuite), randomBytes(64));
  const payload = provider.createProtector('p').protectSync(Buffer.from('text'));
  const protectorOf = (rings: KeyRingProvider) => new KeyRingDataProtectionProvider(rings).createProtector('p');

  it('D-44 that are not the default key ask for migration', async () => {
    const protector = protectorOf(loadedRing(ringOf({ keyId: otherKeyId, encryptor: other }, { keyId, encryptor })));
    expect(Buffer.from(await protector.unprotect(payload)).toString()).toBe('text');
    expect(await protector.dangerousUnprotect(payload, false)).toEqual({
      plaintext: Buffer.from('text'),
      requiresMigration: true,
      wasRevoked: false,
    });
    const fresh = protector.protectSync(Buffer.from('text'));
    expect(await protector.dangerousUnprotect(fresh, true)).toMatchObject({
      requiresMigration: false,
      wasRevoked: false,
    });
  });

  it('D-44 that are revoked open dangerously only', async () => {
    const revoked = { keyId, encryptor, isRevoked: true };
    for (const ring of [ringOf({ keyId: otherKeyId, encryptor: other }, revoked), ringOf(revoked)]) {
      const protector = protectorOf(loadedRing(ring));
      expect(() => protector.unprotectSync(payload)).toThrow(`The key {${keyId}} has been revoked.`);
      await expect(protector.unprotect(payload)).rejects.toThrow(withCode('KeyRevoked'));
      await expect(protector.dangerousUnprotect(payload, false)).rejects.toThrow(withCode('KeyRevoked'));
      expect(await protector.dangerousUnprotect(payload, true)).toEqual({
        plaintext: Buffer.from('text'),
        requiresMigration: true,
        wasRevoked: true,
      });
      const bad = Buffer.from(payload);
      bad[bad.length - 1] = (bad[bad.length - 1] as number) ^ 1;
      await expect(protector.dangerousUnprotect(bad, true)).rejects.toThrow(withCode('PayloadInvalid'));
    }
  });

  it('whose secret cannot be had fail alone', async () => {
    const windows = new CryptographicError('KeyEncryptedForWindows', `The key {${keyId}} is encrypted for Windows.`);
    const ring = ringOf({ keyId: otherKeyId, encryptor: other }, { keyId, encryptor, lazy: windows });
    const protector = protectorOf(loadedRing(ring));
    await expect(protector.unprotect(payload)).rejects.toBe(windows);
    await expect(protector.dangerousUnprotect(payload, true)).rejects.toBe(windows);
    expect(await protector.unprotect(await protector.protect('other'))).toBe('other');
  });

  it('are decrypted at first use; until then a synchronous call says what to do', async () => {
    const ring = ringOf({ keyId: otherKeyId, encryptor: other }, { keyId, encryptor, lazy: true });
    const protector = protectorOf(loadedRing(ring));
    expect(() => protector.unprotectSync(payload)).toThrow(RingNotLoadedError);
    expect(() => protector.unprotectSync(payload)).toThrow(keyId);
    await protector.unprotect(payload);
    expect(protector.unprotectSync(payload)).toEqual(Buffer.from('text'));
  });

  it('that the ring lacks are looked for once in a refreshed one', async () => {
    const stale = ringOf({ keyId: otherKeyId, encryptor: other });
    const fresh = ringOf({ keyId: otherKeyId, encryptor: other }, { keyId, encryptor });
    const refreshedFor = vi.fn<KeyRingProvider['refreshedFor']>().mockResolvedValueOnce(fresh).mockResolvedValue(stale);
    const protector = protectorOf({ ...loadedRing(stale), refreshedFor });
    expect(await protector.unprotect(payload)).toEqual(Buffer.from('text'));
    expect(refreshedFor.mock.calls).toEqual([[keyId]]);
    await expect(protector.unprotect(payload)).rejects.toThrow(withCode('KeyNotFound'));
    expect(refreshedFor).toHaveBeenCalledTimes(2);
    expect(() => protector.unprotectSync(payload)).toThrow(`The key {${keyId}} was not found in the key ring.`);
    expect(refreshedFor).toHaveBeenCalledTimes(2);
  });

  it('are not asked for by what is no payload', async () => {
    const current = vi.fn<KeyRingProvider['current']>();
    const protector = protectorOf({ loaded: undefined, current, refreshedFor: current });
    await expect(protector.unprotect('AAAA')).rejects.toThrow(withCode('BadMagicHeader'));
    expect(current).not.toHaveBeenCalled();
  });
});

describe('the first load', () => {
  const ring = ringOfVector(defaultSuite);
  const rings = (): KeyRingProvider & { loaded: KeyRing | undefined } => {
    const one = {
      loaded: undefined as KeyRing | undefined,
      current: () => Promise.resolve((one.loaded = ring)),
      refreshedFor: () => Promise.resolve(ring),
    };
    return one;
  };

  it('is waited for, and missed by synchronous calls only', async () => {
    const protector = new KeyRingDataProtectionProvider(rings()).createProtector('p');
    const payload = provider.createProtector('p').protectSync('text');
    expect(() => protector.protectSync('text')).toThrow(RingNotLoadedError);
    expect(() => protector.unprotectSync(payload)).toThrow(RingNotLoadedError);
    expect(await protector.unprotect(payload)).toBe('text');
    expect(protector.unprotectSync(protector.protectSync('text'))).toBe('text');
    expect(await new KeyRingDataProtectionProvider(rings()).createProtector('p').protect('text')).toMatch(/^CfDJ8/);
  });

  it('is no matter of calls at once: each gets the plaintext of its own key', async () => {
    const second = { keyId: otherKeyId, encryptor: encryptorFor(suiteOfVector(defaultSuite), randomBytes(64)) };
    const both = ringOf(second, { keyId, encryptor: encryptorOfVector(defaultSuite), lazy: true });
    const protector = new KeyRingDataProtectionProvider(loadedRing(both)).createProtector('p');
    const mine = protector.protectSync('second');
    const first = provider.createProtector('p').protectSync('first');
    const texts = await Promise.all([first, mine, first, mine].map((payload) => protector.unprotect(payload)));
    expect(texts).toEqual(['first', 'second', 'first', 'second']);
  });
});

it('protectors show neither keys nor purposes', () => {
  expect(Reflect.ownKeys(protector)).toEqual([]);
  const shown = [provider, protector, protector.toTimeLimitedDataProtector()].map((one) =>
    [inspect(one, { depth: 9, showHidden: true }), JSON.stringify(one)].join(' '),
  );
  expect(shown).toEqual([
    'KeyRingDataProtectionProvider {} {}',
    'KeyRingDataProtector {} {}',
    'ExpiringDataProtector {} {}',
  ]);
});
