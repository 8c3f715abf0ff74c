import { describe, expect, it } from 'vitest';
import { encryptorFor } from '../encryption/encryptor-for.ts';
import { loadedRing, ringOf } from '../testing/fixed-ring.ts';
import { suiteOfVector } from '../testing/vector-suite.ts';
import { vectors } from '../testing/vectors.ts';
import { instantOf, latestInstant, ticksPerMillisecond } from '../time/instant.ts';
import { KeyRingDataProtectionProvider } from './key-ring-data-protection-provider.ts';

const { keyId, masterKeyBase64 } = vectors.protectedPayloads.key;
const encryptor = encryptorFor(
  suiteOfVector({ cipher: 'aes-256-cbc', mac: 'hmac-sha256' }),
  Buffer.from(masterKeyBase64, 'base64'),
);
let now = instantOf(new Date('2026-01-02T03:04:05Z'));
const provider = new KeyRingDataProtectionProvider(loadedRing(ringOf({ keyId, encryptor })), { clock: () => now });
const plain = provider.createProtector('app', 'purpose');
const limited = plain.toTimeLimitedDataProtector();
const { purposeSuffix, ticks, payloadHeaderTicksHex } = vectors.timeLimited;
const inner = plain.createProtector(purposeSuffix);
const withCode = (code: string) => expect.objectContaining({ name: 'CryptographicError', code });

/** Runs at another instant, in ticks. */
async function at<T>(instant: bigint, run: () => Promise<T>): Promise<T> {
  const before = now;
  now = instant;
  try {
    return await run();
  } finally {
    now = before;
  }
}

describe('time-limited payloads', () => {
  it.each(ticks)('D-48 begin with $headerHex for $utc', async ({ utc, headerHex }) => {
    const expiration = new Date(utc);
    const lifetime = utc.startsWith('9999') ? {} : { expiration };
    const payload = await limited.protect(Buffer.from('data'), lifetime);
    expect(Buffer.from(await inner.unprotect(payload)).toString('hex')).toBe(
      `${headerHex}${Buffer.from('data').toString('hex')}`,
    );
  });

  it('D-48 of the reference are read', async () => {
    const vector = vectors.protectedPayloads.cases.find(({ purposes }) => purposes.includes(purposeSuffix))!;
    const expiration = BigInt(`0x${payloadHeaderTicksHex}`);
    const read = () => limited.unprotectWithExpiration(vector.payloadBase64Url);
    expect((await at(expiration, read)).plaintext).toBe('limited');
    await expect(at(expiration + 1n, read)).rejects.toThrow(withCode('PayloadExpired'));
  });

  it('D-48 are read at their very end and not after', async () => {
    const expiration = new Date('2026-01-03T00:00:00.5Z');
    const payload = await limited.protect('text', { expiration });
    const end = instantOf(expiration);
    expect(await at(end, () => limited.unprotectWithExpiration(payload))).toEqual({ plaintext: 'text', expiration });
    await expect(at(end + 1n, () => limited.unprotect(payload))).rejects.toThrow(
      'The payload expired at 2026-01-03T00:00:00.500Z.',
    );
  });

  it('D-48 live for a span', async () => {
    const payload = await limited.protect(Buffer.from('data'), { lifetimeMs: 1_000 });
    const end = now + 1_000n * ticksPerMillisecond;
    expect(await at(end, () => limited.unprotect(payload))).toEqual(Buffer.from('data'));
    await expect(at(end + 1n, () => limited.unprotect(payload))).rejects.toThrow(withCode('PayloadExpired'));
    const gone = await limited.protect('text', { lifetimeMs: -1 });
    await expect(limited.unprotect(gone)).rejects.toThrow(withCode('PayloadExpired'));
  });

  it('D-48 without a limit have no expiration', async () => {
    const payload = await limited.protect('text');
    expect(await at(latestInstant, () => limited.unprotectWithExpiration(payload))).toEqual({
      plaintext: 'text',
      expiration: null,
    });
  });

  it('D-48 are unreadable to a plain protector, and the other way round', async () => {
    const payload = await limited.protect('text');
    await expect(plain.unprotect(payload)).rejects.toThrow(withCode('PayloadInvalid'));
    await expect(limited.unprotect(await plain.protect('text'))).rejects.toThrow(withCode('PayloadInvalid'));
  });

  it('D-48 have further purposes before the one of the time limit', async () => {
    const payload = await limited.createProtector('sub').protect('text');
    const same = [
      plain.createProtector('sub').toTimeLimitedDataProtector(),
      provider.createProtector('app').toTimeLimitedDataProtector().createProtector('purpose', 'sub'),
      provider.createProtector('app').toTimeLimitedDataProtector().createProtector(['purpose', 'sub']),
    ];
    for (const protector of same) expect(await protector.unprotect(payload)).toBe('text');
    await expect(limited.unprotect(payload)).rejects.toThrow(withCode('PayloadInvalid'));
  });

  it.each([
    ['shorter than an expiry', '00000000000000', 'PayloadInvalid'],
    ['empty', '', 'PayloadInvalid'],
    ['after the last instant', '2bca2875f4374000', 'GenericError'],
    ['after any instant', 'ffffffffffffffff', 'GenericError'],
  ])('are refused when the expiry is %s', async (_, hex, code) => {
    const payload = await inner.protect(Buffer.from(hex, 'hex'));
    await expect(limited.unprotect(payload)).rejects.toThrow(withCode(code));
  });

  it.each([
    ['an instant and a span', { expiration: new Date(0), lifetimeMs: 1 }, TypeError],
    ['an invalid date', { expiration: new Date(Number.NaN) }, TypeError],
    ['a span that is no number', { lifetimeMs: Number.NaN }, TypeError],
    ['a span without end', { lifetimeMs: Number.POSITIVE_INFINITY }, TypeError],
    ['an instant after the year 9999', { expiration: new Date(8.64e15) }, RangeError],
    ['an instant before the year 1', { expiration: new Date(-8.64e15) }, RangeError],
    ['a span beyond the year 9999', { lifetimeMs: 1e16 }, RangeError],
  ])('are not made for %s', async (_, lifetime, kind) => {
    await expect(limited.protect('text', lifetime)).rejects.toThrow(kind);
  });

  it.each([null, undefined, 1])('D-43 are not made of %j', async (data) => {
    await expect(limited.protect(data as unknown as string)).rejects.toThrow(TypeError);
    await expect(limited.unprotect(data as unknown as string)).rejects.toThrow(TypeError);
    await expect(limited.unprotectWithExpiration(data as unknown as string)).rejects.toThrow(TypeError);
  });
});
