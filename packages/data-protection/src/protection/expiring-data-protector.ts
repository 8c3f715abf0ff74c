import { asBuffer } from '../encoding/as-buffer.ts';
import { CryptographicError } from '../errors/cryptographic-error.ts';
import { homogenised, payloadExpired } from '../errors/payload-errors.ts';
import { dateOf, instantOf, latestInstant, ticksPerMillisecond, type Instant } from '../time/instant.ts';
import { payloadOf, plaintextOf, protectedForm, unprotectedForm, type Form } from './data-form.ts';
import type { DataProtector, Lifetime, TimeLimitedDataProtector } from './data-protector.ts';
import { purposesOf } from './purposes.ts';

/** The last purpose of every payload with a time limit, so that nothing without one can be taken for it. */
const timeLimitPurpose = 'Microsoft.AspNetCore.DataProtection.TimeLimitedDataProtector.v1';
const expirationBytes = 8;

/**
 * Payloads that expire: the instant, 8 bytes big-endian in ticks, stands before the data. A payload without a limit has
 * the largest instant there is.
 */
export class ExpiringDataProtector implements TimeLimitedDataProtector {
  readonly #outer: DataProtector;
  readonly #inner: DataProtector;
  readonly #clock: () => Instant;

  constructor(outer: DataProtector, clock: () => Instant) {
    this.#outer = outer;
    this.#inner = outer.createProtector(timeLimitPurpose);
    this.#clock = clock;
  }

  /** The purpose goes before the one that marks the time limit. */
  createProtector(first: string | readonly string[], ...more: string[]): ExpiringDataProtector {
    return new ExpiringDataProtector(this.#outer.createProtector(purposesOf(first, more)), this.#clock);
  }

  protect(data: Uint8Array, lifetime?: Lifetime): Promise<Uint8Array>;
  protect(text: string, lifetime?: Lifetime): Promise<string>;
  async protect(data: Form, lifetime: Lifetime = {}): Promise<Form> {
    const plaintext = plaintextOf(data);
    const limited = Buffer.allocUnsafeSlow(expirationBytes + plaintext.length);
    limited.writeBigInt64BE(this.#expirationOf(lifetime));
    limited.set(plaintext, expirationBytes);
    try {
      return protectedForm(data, asBuffer(await this.#inner.protect(limited)));
    } finally {
      limited.fill(0);
    }
  }

  unprotect(data: Uint8Array): Promise<Uint8Array>;
  unprotect(text: string): Promise<string>;
  async unprotect(data: Form): Promise<Form> {
    return (await this.#open(data)).plaintext;
  }

  unprotectWithExpiration(data: Uint8Array): Promise<{ plaintext: Uint8Array; expiration: Date | null }>;
  unprotectWithExpiration(text: string): Promise<{ plaintext: string; expiration: Date | null }>;
  unprotectWithExpiration(data: Form): Promise<{ plaintext: Form; expiration: Date | null }> {
    return this.#open(data);
  }

  async #open(data: Form): Promise<{ plaintext: Form; expiration: Date | null }> {
    const limited = asBuffer(await this.#inner.unprotect(payloadOf(data)));
    if (limited.length < expirationBytes) throw new CryptographicError('PayloadInvalid', 'The payload is invalid.');
    const expiration = limited.readBigUInt64BE();
    if (expiration > latestInstant) throw homogenised(new RangeError('The expiry is no instant.'), 'GenericError');
    if (this.#clock() > expiration) throw payloadExpired(dateOf(expiration));
    return {
      plaintext: unprotectedForm(data, limited.subarray(expirationBytes)),
      expiration: expiration === latestInstant ? null : dateOf(expiration),
    };
  }

  #expirationOf({ expiration, lifetimeMs }: Lifetime): Instant {
    if (expiration !== undefined && lifetimeMs !== undefined) {
      throw new TypeError('A payload expires at an instant or after a span: give expiration or lifetimeMs.');
    }
    if (lifetimeMs !== undefined) return possible(this.#clock() + ticksOf(lifetimeMs));
    if (expiration === undefined) return latestInstant;
    if (Number.isNaN(expiration.getTime())) throw new TypeError('The expiration is an invalid Date.');
    return possible(instantOf(expiration));
  }
}

function ticksOf(milliseconds: number): Instant {
  if (!Number.isFinite(milliseconds))
    throw new TypeError(`lifetimeMs is a number of milliseconds, not ${milliseconds}.`);
  return BigInt(Math.round(milliseconds * Number(ticksPerMillisecond)));
}

function possible(instant: Instant): Instant {
  if (instant >= 0n && instant <= latestInstant) return instant;
  throw new RangeError('A payload expires between the years 1 and 9999.');
}
