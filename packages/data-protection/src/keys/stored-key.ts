import type { AuthenticatedEncryptor } from '../encryption/authenticated-encryptor.ts';
import { formatInstant } from '../time/date-text.ts';
import type { Instant } from '../time/instant.ts';
import type { DeferredEncryptor } from './deferred-encryptor.ts';
import type { Key } from './key.ts';

export interface KeyDates {
  readonly creationDate: Instant;
  readonly activationDate: Instant;
  readonly expirationDate: Instant;
}

/** A key as it was read from a repository. */
export class StoredKey implements Key {
  readonly keyId: string;
  readonly creationDate: Instant;
  readonly activationDate: Instant;
  readonly expirationDate: Instant;
  readonly isRevoked: boolean;
  readonly #encryptor: DeferredEncryptor;

  constructor(keyId: string, dates: KeyDates, encryptor: DeferredEncryptor, isRevoked = false) {
    this.keyId = keyId;
    this.creationDate = dates.creationDate;
    this.activationDate = dates.activationDate;
    this.expirationDate = dates.expirationDate;
    this.isRevoked = isRevoked;
    this.#encryptor = encryptor;
  }

  /** Set once the master key has been decrypted. */
  get encryptor(): AuthenticatedEncryptor | undefined {
    return this.#encryptor.opened;
  }

  createEncryptor(): Promise<AuthenticatedEncryptor> {
    return this.#encryptor.open();
  }

  /** The same key with what has been decrypted of it, as a later load finds it. */
  withRevocation(isRevoked: boolean): StoredKey {
    return isRevoked === this.isRevoked ? this : new StoredKey(this.keyId, this, this.#encryptor, isRevoked);
  }

  toJSON(): Readonly<Record<string, string | boolean>> {
    return {
      keyId: this.keyId,
      creationDate: formatInstant(this.creationDate),
      activationDate: formatInstant(this.activationDate),
      expirationDate: formatInstant(this.expirationDate),
      isRevoked: this.isRevoked,
    };
  }
}
