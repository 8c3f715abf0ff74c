import { randomUUID } from 'node:crypto';
import { type XmlDecryptors, encryptSecrets } from '../at-rest/encrypted-secret.ts';
import type { XmlEncryptor } from '../at-rest/encryption-at-rest.ts';
import { parseGuid } from '../encoding/guid.ts';
import type { Algorithms, AuthenticatedEncryptor } from '../encryption/authenticated-encryptor.ts';
import { encryptorFor } from '../encryption/encryptor-for.ts';
import { RandomPool } from '../encryption/random-pool.ts';
import type { Logger } from '../logger.ts';
import type { XmlRepository } from '../repositories/repository.ts';
import { formatInstant } from '../time/date-text.ts';
import type { Instant } from '../time/instant.ts';
import type { KeyOpening } from './deferred-encryptor.ts';
import { keyFriendlyName, readKeyElement, writeKeyElement } from './key-element.ts';
import type { KeyEscrowSink } from './key-escrow-sink.ts';
import { checkAlgorithms, type ManagedAlgorithms } from './new-descriptor.ts';
import { obsoleteElements } from './obsolete-elements.ts';
import { readRing } from './ring-elements.ts';
import {
  revocationFriendlyName,
  writeRevocationElement,
  type NewRevocation,
  type RevocationTest,
} from './revocation.ts';
import type { StoredKey } from './stored-key.ts';

const masterKeyBytes = 64;

export interface KeyManagerOptions {
  readonly repository: XmlRepository;
  /** Encrypts new keys at rest; without it they are stored in clear, as the repository protects them. */
  readonly encryptor?: XmlEncryptor | undefined;
  readonly decryptors: XmlDecryptors;
  /** Of new keys. */
  readonly algorithms: Algorithms | ManagedAlgorithms;
  readonly escrowSinks: readonly KeyEscrowSink[];
  readonly clock: () => Instant;
  /** Of the master keys, and of what is random in payloads. Each array it gives is the caller's alone. */
  readonly random: (bytes: number) => Uint8Array;
  readonly logger: Logger;
}

/** Reads, creates, revokes and deletes the keys of one repository. ASP.NET Core calls it `IKeyManager`. */
export class KeyManager {
  readonly #options: KeyManagerOptions;
  readonly #opening: KeyOpening;
  readonly #listeners = new Set<() => void>();
  #known: ReadonlyMap<string, StoredKey> = new Map();
  #isRevoked: RevocationTest = () => false;
  #version = 0;

  /** @throws CryptographicError `UnsupportedAlgorithm` */
  constructor(options: KeyManagerOptions) {
    checkAlgorithms(options.algorithms);
    this.#options = options;
    const random = new RandomPool(options.random);
    this.#opening = {
      decryptors: options.decryptors,
      encryptorFor: (suite, masterKey): AuthenticatedEncryptor => encryptorFor(suite, masterKey, random),
    };
  }

  /** Grows whenever the ring is known to have changed: what was loaded at a smaller one is stale. */
  get version(): number {
    return this.#version;
  }

  /** All keys, revocations applied. @throws KeyElementError, and what the repository throws */
  async getAllKeys(): Promise<readonly StoredKey[]> {
    const elements = await this.#options.repository.getAllElements();
    const { keys, isRevoked } = readRing(elements, this.#opening, this.#known, this.#options.logger);
    this.#isRevoked = isRevoked;
    this.#known = new Map(keys.map((key) => [key.keyId, key]));
    return keys;
  }

  /** Whether a key that is made at an instant is revoked from the first, by what was read last: all keys are until then. */
  revokesKeysOf(creationDate: Instant): boolean {
    return this.#isRevoked({ keyId: '', creationDate });
  }

  /**
   * Makes a key from random bytes and stores it: escrow sinks first, then encryption at rest, then the repository.
   *
   * @throws RangeError when it would expire before it becomes active or after the year 9999, and what a sink, the
   *   encryptor or the repository throws; then nothing is stored
   */
  async createNewKey(activationDate: Instant, expirationDate: Instant): Promise<StoredKey> {
    if (expirationDate <= activationDate) throw new RangeError('A key must expire after it becomes active.');
    const { algorithms, clock, encryptor, escrowSinks, logger, random, repository } = this.#options;
    const keyId = randomUUID();
    const masterKey = random(masterKeyBytes);
    if (masterKey.length !== masterKeyBytes)
      throw new RangeError('The random generator gave fewer bytes than it was asked for.');
    const dates = { creationDate: clock(), activationDate, expirationDate };
    const element = writeKeyElement({ keyId, algorithms, masterKey, ...dates });
    masterKey.fill(0);
    for (const sink of escrowSinks) await sink.store(keyId, element);
    if (encryptor === undefined) logger.warn(`The key {${keyId}} is stored without encryption at rest.`);
    const stored = encryptor === undefined ? element : await encryptSecrets(element, encryptor);
    await repository.storeElement(stored, keyFriendlyName(keyId));
    logger.info(
      `The key {${keyId}} was created: active from ${formatInstant(activationDate)}, expires ${formatInstant(expirationDate)}.`,
    );
    const key = readKeyElement(element, this.#opening, logger);
    this.#known = new Map([...this.#known, [keyId, key]]);
    this.expire();
    return key;
  }

  /**
   * What the key protected can no longer be read, once all processes have refreshed. Cannot be undone.
   *
   * @throws TypeError for what is no GUID: as a revocation it would make the whole ring unusable
   */
  async revokeKey(keyId: string, reason?: string): Promise<void> {
    const plain = parseGuid(keyId);
    if (plain === undefined) throw new TypeError(`The id of a key is a GUID, not "${keyId.slice(0, 100)}".`);
    await this.#revoke({ keyId: plain, date: this.#options.clock(), ...(reason === undefined ? {} : { reason }) });
  }

  /** Revokes every key that was created strictly before the instant. @throws RangeError outside the years 1 to 9999 */
  revokeAllKeys(before: Instant, reason?: string): Promise<void> {
    return this.#revoke({ keyId: '*', date: before, ...(reason === undefined ? {} : { reason }) });
  }

  /**
   * Deletes keys for good, and the revocations that have lost their subject.
   *
   * @param includeUnexpired also keys that may still be needed; they are kept otherwise, whatever the predicate says
   * @returns false when the repository cannot delete, or stopped at a failure
   */
  async deleteKeys(predicate: (key: StoredKey) => boolean, includeUnexpired = false): Promise<boolean> {
    const { clock, logger, repository } = this.#options;
    if (repository.deleteElements === undefined) return false;
    const now = clock();
    const mayGo = (key: StoredKey): boolean => (includeUnexpired || key.expirationDate <= now) && predicate(key);
    const done = await repository.deleteElements((stored) => obsoleteElements(stored, mayGo, this.#opening, logger));
    this.expire();
    return done;
  }

  /** Tells when this process changed the ring, or was told that another did. */
  onExpired(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Makes every loaded ring stale. */
  expire(): void {
    this.#version += 1;
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        this.#options.logger.error('A listener to changes of the key ring failed.', error);
      }
    }
  }

  async #revoke(revocation: NewRevocation): Promise<void> {
    const element = writeRevocationElement(revocation);
    try {
      await this.#options.repository.storeElement(element, revocationFriendlyName(revocation));
    } catch (error) {
      // Its name tells all that a revocation does: the one that is there does the same.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    this.expire();
  }
}
