import type * as Crypto from 'node:crypto';

/** 256 random bits in hexadecimal: made anew for each process start. */
export function createPairingToken(): string {
  return crypto().randomBytes(32).toString('hex');
}

/**
 * Whether a value can be a pairing token. Wider than what `createPairingToken` makes, because a
 * configuration may set its own; it must still survive as one word of a header.
 */
export function isPairingToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,512}$/.test(value);
}

/** Compares in time that depends on neither content nor length: equal SHA-256 digests. */
export function pairingTokensEqual(expected: string, actual: string): boolean {
  return crypto().timingSafeEqual(digest(expected), digest(actual));
}

/**
 * The same comparison for one process that checks every request: the expected digest is made once, and the
 * token itself is kept nowhere, so that no dump of the result shows it.
 */
export function createPairingTokenCheck(expected: string): (actual: string | undefined) => boolean {
  const expectedDigest = digest(expected);
  return (actual) => actual !== undefined && crypto().timingSafeEqual(expectedDigest, digest(actual));
}

function digest(token: string): Buffer {
  return crypto().createHash('sha256').update(token).digest();
}

/** Loaded by the first call: it takes milliseconds, which every start of a worker would pay. */
function crypto(): typeof Crypto {
  return require('node:crypto') as typeof Crypto;
}
