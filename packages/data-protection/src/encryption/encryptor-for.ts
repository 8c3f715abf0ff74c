import { createSecretKey, KeyObject } from 'node:crypto';
import type { AuthenticatedEncryptor, CipherSuite } from './authenticated-encryptor.ts';
import { CbcHmacEncryptor } from './cbc-hmac-encryptor.ts';
import { GcmEncryptor } from './gcm-encryptor.ts';
import { RandomPool } from './random-pool.ts';

/**
 * The encryptor of one key.
 *
 * @param masterKey any length from 1 byte; bytes are copied, zero yours afterwards
 * @param random share one among the encryptors of a ring
 * @throws CryptographicError `UnsupportedAlgorithm`
 */
export function encryptorFor(
  suite: CipherSuite,
  masterKey: KeyObject | Uint8Array,
  random = new RandomPool(),
): AuthenticatedEncryptor {
  const key = masterKey instanceof KeyObject ? masterKey : createSecretKey(masterKey);
  if (key.symmetricKeySize === 0) throw new RangeError('The master key is empty.');
  return suite.mode === 'cbc' ? new CbcHmacEncryptor(suite, key, random) : new GcmEncryptor(suite, key, random);
}
