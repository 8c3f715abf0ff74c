import type { AuthenticatedEncryptor } from '../encryption/authenticated-encryptor.ts';
import type { Instant } from '../time/instant.ts';

/** One key of a ring. Immutable, except that a later load may find it revoked. */
export interface Key {
  /** Lower case, hyphens, no braces. */
  readonly keyId: string;
  readonly creationDate: Instant;
  readonly activationDate: Instant;
  readonly expirationDate: Instant;
  readonly isRevoked: boolean;
  /**
   * Decrypts the master key on first use and remembers what came of it.
   *
   * @throws CryptographicError `UnsupportedAlgorithm`, `KeyEncryptedForWindows`, `UnsupportedDecryptor`, … with the
   *   key's id and what to do
   */
  createEncryptor(): Promise<AuthenticatedEncryptor>;
}
