import type { CipherSuite } from '../encryption/authenticated-encryptor.ts';
import { RandomPool } from '../encryption/random-pool.ts';
import type { SuiteVector } from './vectors.ts';

/** `aes-256-cbc` with `hmac-sha256` as a suite. */
export function suiteOfVector({ cipher, mac }: SuiteVector): CipherSuite {
  const suite = mac === undefined ? { mode: 'gcm', cipher } : { mode: 'cbc', cipher, digest: mac.replace('hmac-', '') };
  return suite as CipherSuite;
}

/** Gives these bytes, given in hexadecimal, and then nothing. */
export function fixedRandom(...hex: readonly (string | undefined)[]): RandomPool {
  const bytes = Buffer.from(hex.join(''), 'hex');
  let given = false;
  return new RandomPool(() => {
    if (given) throw new Error('the fixed random bytes are used up');
    given = true;
    return bytes;
  }, bytes.length);
}
