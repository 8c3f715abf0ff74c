import type { KeyObject } from 'node:crypto';
import { decryptSecrets, type XmlDecryptors } from '../at-rest/encrypted-secret.ts';
import type { AuthenticatedEncryptor, CipherSuite } from '../encryption/authenticated-encryptor.ts';
import { CryptographicError, type CryptographicErrorCode } from '../errors/cryptographic-error.ts';
import { attributeOf, childElements, type XmlElement } from '../xml/element.ts';
import { readDescriptor, type Descriptor } from './descriptor.ts';

/** What it takes to make use of a key that was read. */
export interface KeyOpening {
  readonly decryptors: XmlDecryptors;
  readonly encryptorFor: (suite: CipherSuite, masterKey: KeyObject) => AuthenticatedEncryptor;
}

// What no later attempt changes. All else may have been a key vault out of reach, a certificate not there yet.
const lastingCodes = new Set<CryptographicErrorCode>([
  'UnsupportedAlgorithm',
  'UnsupportedDecryptor',
  'KeyEncryptedForWindows',
]);

/** Whether a key that could not be opened need not be tried again. */
export function isLasting(error: unknown): boolean {
  return error instanceof CryptographicError && lastingCodes.has(error.code);
}

/** The encryptor of one key, made on first use: most keys of a ring are never used, and decrypting one is slow. */
export class DeferredEncryptor {
  readonly #keyId: string;
  readonly #opening: KeyOpening;
  /** The outer `descriptor`; gone once opened, because it may hold the master key in clear. */
  #descriptor: XmlElement | undefined;
  #opened: AuthenticatedEncryptor | undefined;
  #attempt: Promise<AuthenticatedEncryptor> | undefined;

  constructor(keyId: string, descriptor: XmlElement | undefined, opening: KeyOpening) {
    this.#keyId = keyId;
    this.#descriptor = descriptor;
    this.#opening = opening;
  }

  get opened(): AuthenticatedEncryptor | undefined {
    return this.#opened;
  }

  /** Concurrent callers share one attempt. Success and lasting failures are kept, others are tried again. */
  open(): Promise<AuthenticatedEncryptor> {
    this.#attempt ??= this.#open();
    return this.#attempt;
  }

  async #open(): Promise<AuthenticatedEncryptor> {
    try {
      const { suite, masterKey } = await this.#read(this.#descriptor);
      this.#opened = this.#opening.encryptorFor(suite, masterKey);
      this.#descriptor = undefined;
      return this.#opened;
    } catch (error) {
      const named = this.#named(error);
      if (!isLasting(named)) this.#attempt = undefined;
      throw named;
    }
  }

  async #read(outer: XmlElement | undefined): Promise<Descriptor> {
    const deserializerType = outer === undefined ? undefined : attributeOf(outer, 'deserializerType');
    const [inner, second] = outer === undefined ? [] : childElements(outer);
    if (deserializerType === undefined || inner === undefined || second !== undefined) {
      throw new CryptographicError('KeyUnreadable', 'It has no descriptor with a deserializerType and one element.');
    }
    return readDescriptor(deserializerType, await decryptSecrets(inner, this.#opening.decryptors));
  }

  #named(error: unknown): CryptographicError {
    const [code, why] =
      error instanceof CryptographicError
        ? [error.code, error.message]
        : (['KeyUnreadable', 'Its secret could not be decrypted.'] as const);
    return new CryptographicError(code, `The key {${this.#keyId}} cannot be used. ${why}`, error);
  }
}
