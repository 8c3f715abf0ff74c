import { CryptographicError } from '../errors/cryptographic-error.ts';
import type { Logger } from '../logger.ts';
import type { XmlRepository } from '../repositories/repository.ts';
import { formatInstant } from '../time/date-text.ts';
import type { Instant } from '../time/instant.ts';
import { resolveDefaultKey } from './default-key.ts';
import { isLasting } from './deferred-encryptor.ts';
import { FrozenKeyRing } from './frozen-key-ring.ts';
import { newKeyDates, refreshPeriod, type NewKeyDates } from './key-generation.ts';
import type { KeyManager } from './key-manager.ts';
import type { KeyRing } from './key-ring.ts';
import type { StoredKey } from './stored-key.ts';

/** How often in one resolution a key whose secret could not be had is tried again, and after how long. */
const retryBudget = 10;
const retryPauseMs = 200;

export interface KeyRingLoaderOptions {
  readonly manager: KeyManager;
  readonly repository: XmlRepository;
  /** False: keys are only read; somebody else makes them. */
  readonly autoGenerateKeys: boolean;
  /** Of a new key, in ticks. */
  readonly newKeyLifetime: Instant;
  readonly clock: () => Instant;
  /** 0 ≤ x < 1: so that the machines of a farm do not all read at once. */
  readonly jitter: () => number;
  readonly pause: (ms: number) => Promise<void>;
  readonly logger: Logger;
}

export interface LoadedKeyRing {
  readonly ring: KeyRing;
  /** Read again from then on. */
  readonly expires: Instant;
  /** `KeyManager.version` before it was read. */
  readonly version: number;
}

interface Choice {
  readonly keys: readonly StoredKey[];
  readonly usable: StoredKey | undefined;
  readonly needed: NewKeyDates | undefined;
}

/**
 * Loads a ring:
 *
 *   1. read all keys and resolve the default key
 *   2. when one is needed and may be made: under the repository's lock read again, make it, read once more
 *   3. freeze what there is, with the default key, else the fallback, else the new key
 */
export class KeyRingLoader {
  readonly #options: KeyRingLoaderOptions;

  constructor(options: KeyRingLoaderOptions) {
    this.#options = options;
  }

  /** @throws CryptographicError when there is no key to protect with, and what the repository throws */
  async load(): Promise<LoadedKeyRing> {
    const { autoGenerateKeys, logger, manager } = this.#options;
    const version = manager.version;
    const { keys, usable, needed } = await this.#choose();
    if (needed !== undefined && autoGenerateKeys) return this.#loadWithNewKey();
    if (needed !== undefined) {
      logger.warn(
        'The key ring needs a new key, and auto-generation of keys is disabled: somebody else has to make it.',
      );
    }
    return this.#freeze(usable, keys, version);
  }

  async #loadWithNewKey(): Promise<LoadedKeyRing> {
    const { manager } = this.#options;
    const made = await this.#locked(() => this.#makeKey());
    const version = manager.version;
    const { keys, usable } = await this.#choose();
    if (made === undefined) return this.#freeze(usable, keys, version);
    // A store that is slow to list what it took lacks the key that was just made. Where it is listed, a revocation that
    // is dated ahead may cover it.
    const listed = keys.find(({ keyId }) => keyId === made.keyId);
    const last = made.withRevocation(listed?.isRevoked ?? false);
    return this.#freeze(usable ?? last, listed === undefined ? [...keys, made] : keys, version);
  }

  async #choose(): Promise<Choice> {
    const { clock, manager, newKeyLifetime } = this.#options;
    const keys = await manager.getAllKeys();
    const now = clock();
    const canUse = this.#secretTest();
    const { defaultKey, fallbackKey } = await resolveDefaultKey(keys, now, canUse);
    const needed = await newKeyDates(keys, defaultKey, now, newKeyLifetime, canUse);
    return { keys, usable: defaultKey ?? fallbackKey, needed };
  }

  async #makeKey(): Promise<StoredKey | undefined> {
    // Whoever had the lock before may have made it.
    const { needed } = await this.#choose();
    if (needed === undefined) return undefined;
    // Each attempt would add another key that nobody can use.
    if (this.#options.manager.revokesKeysOf(this.#options.clock())) {
      throw new CryptographicError(
        'KeyRevoked',
        'The key ring needs a new key, and a revocation of all keys that is dated ahead would revoke it, too.',
      );
    }
    return this.#options.manager.createNewKey(needed.activationDate, needed.expirationDate);
  }

  #locked<T>(work: () => Promise<T>): Promise<T> {
    return this.#options.repository.withLock?.(work) ?? work();
  }

  async #freeze(key: StoredKey | undefined, keys: readonly StoredKey[], version: number): Promise<LoadedKeyRing> {
    const { clock, jitter, logger } = this.#options;
    if (key === undefined) {
      throw new CryptographicError(
        'GenericError',
        'The key ring does not contain a valid default protection key. The data protection system cannot create a new key because auto-generation of keys is disabled.',
      );
    }
    if (key.isRevoked) {
      throw new CryptographicError(
        'KeyRevoked',
        `The key ring's default data protection key {${key.keyId}} has been revoked.`,
      );
    }
    const now = clock();
    const refresh = now + refreshPeriod - BigInt(Math.floor(Number(refreshPeriod / 5n) * jitter()));
    const expired = key.expirationDate <= now;
    if (expired) {
      logger.warn(
        `The key {${key.keyId}} expired at ${formatInstant(key.expirationDate)} and is used for want of another.`,
      );
    }
    const ring = new FrozenKeyRing(key, await key.createEncryptor(), keys);
    return { ring, expires: expired || refresh < key.expirationDate ? refresh : key.expirationDate, version };
  }

  /** Whether a key's secret can be had, with patience: a key vault may not answer the first time. */
  #secretTest(): (key: StoredKey) => Promise<boolean> {
    const { logger, pause } = this.#options;
    let retries = retryBudget;
    return async (key) => {
      for (;;) {
        try {
          await key.createEncryptor();
          return true;
        } catch (error) {
          if (isLasting(error) || retries === 0) {
            logger.warn(`The key {${key.keyId}} cannot be the default key.`, error);
            return false;
          }
          retries -= 1;
          await pause(retryPauseMs);
        }
      }
    };
  }
}
