import type { AuthenticatedEncryptor } from '../encryption/authenticated-encryptor.ts';
import { homogenised, keyNotFound, keyRevoked } from '../errors/payload-errors.ts';
import { RingNotLoadedError } from '../errors/ring-not-loaded-error.ts';
import type { KeyRing, KeyRingEntry, KeyRingProvider } from '../keys/key-ring.ts';
import type { Instant } from '../time/instant.ts';
import { AdditionalData } from './additional-data.ts';
import { bytesOf, payloadOf, plaintextOf, protectedForm, unprotectedForm, type Form } from './data-form.ts';
import type { PersistedDataProtector, TimeLimitedDataProtector } from './data-protector.ts';
import { ExpiringDataProtector } from './expiring-data-protector.ts';
import { checkPayloadHeader, payloadHeaderBytes } from './payload-header.ts';
import { purposesOf } from './purposes.ts';

/**
 * Protects with the keys of a ring. A payload is
 *
 *     | magic, 4 | key id, 16 | what the key's encryptor made |
 *
 * To unprotect one:
 *
 *   1. check magic and version
 *   2. find the key, in a refreshed ring when the loaded one lacks it
 *   3. refuse a revoked key
 *   4. let its encryptor check and decrypt, with key id and purposes as additional data
 *
 * The promised forms differ from the others in what they wait for, which is nothing once the ring is loaded and the
 * key's secret has been decrypted.
 */
export class KeyRingDataProtector implements PersistedDataProtector {
  readonly #rings: KeyRingProvider;
  readonly #purposes: readonly string[];
  readonly #additionalData: AdditionalData;
  readonly #clock: () => Instant;

  /** @param purposes checked already, the discriminator first when there is one */
  constructor(rings: KeyRingProvider, purposes: readonly string[], clock: () => Instant) {
    this.#rings = rings;
    this.#purposes = purposes;
    this.#additionalData = new AdditionalData(purposes);
    this.#clock = clock;
  }

  createProtector(first: string | readonly string[], ...more: string[]): KeyRingDataProtector {
    return new KeyRingDataProtector(this.#rings, [...this.#purposes, ...purposesOf(first, more)], this.#clock);
  }

  toTimeLimitedDataProtector(): TimeLimitedDataProtector {
    return new ExpiringDataProtector(this, this.#clock);
  }

  protect(data: Uint8Array): Promise<Uint8Array>;
  protect(text: string): Promise<string>;
  async protect(data: Form): Promise<Form> {
    const plaintext = plaintextOf(data);
    const ring = this.#rings.loaded ?? (await this.#ringForProtecting());
    return protectedForm(data, this.#seal(plaintext, ring));
  }

  protectSync(data: Uint8Array): Uint8Array;
  protectSync(text: string): string;
  protectSync(data: Form): Form {
    const plaintext = plaintextOf(data);
    const ring = this.#rings.loaded;
    if (ring === undefined) throw new RingNotLoadedError();
    return protectedForm(data, this.#seal(plaintext, ring));
  }

  unprotect(data: Uint8Array): Promise<Uint8Array>;
  unprotect(text: string): Promise<string>;
  async unprotect(data: Form): Promise<Form> {
    const payload = payloadOf(data);
    checkPayloadHeader(payload);
    const entry = this.#knownEntry(payload) ?? (await this.#soughtEntry(payload));
    if (entry.isRevoked) throw keyRevoked(entry.keyId);
    const encryptor = entry.encryptor ?? (await readied(entry));
    return unprotectedForm(data, this.#open(payload, entry.keyId, encryptor));
  }

  unprotectSync(data: Uint8Array): Uint8Array;
  unprotectSync(text: string): string;
  unprotectSync(data: Form): Form {
    const payload = payloadOf(data);
    checkPayloadHeader(payload);
    const ring = this.#rings.loaded;
    if (ring === undefined) throw new RingNotLoadedError();
    const keyId = this.#additionalData.keyIdOf(payload);
    const entry = ring.find(keyId);
    if (entry === undefined) throw keyNotFound(keyId);
    if (entry.isRevoked) throw keyRevoked(entry.keyId);
    if (entry.encryptor === undefined) throw new RingNotLoadedError(entry.keyId);
    return unprotectedForm(data, this.#open(payload, entry.keyId, entry.encryptor));
  }

  async dangerousUnprotect(
    data: Uint8Array,
    ignoreRevocationErrors: boolean,
  ): Promise<{ plaintext: Uint8Array; requiresMigration: boolean; wasRevoked: boolean }> {
    const payload = bytesOf(data);
    checkPayloadHeader(payload);
    const entry = this.#knownEntry(payload) ?? (await this.#soughtEntry(payload));
    const wasRevoked = entry.isRevoked;
    if (wasRevoked && !ignoreRevocationErrors) throw keyRevoked(entry.keyId);
    const encryptor = entry.encryptor ?? (await readied(entry));
    const plaintext = this.#open(payload, entry.keyId, encryptor);
    const requiresMigration = wasRevoked || entry.keyId !== this.#rings.loaded?.defaultKeyId;
    return { plaintext, requiresMigration, wasRevoked };
  }

  #seal(plaintext: Uint8Array, ring: KeyRing): Buffer {
    try {
      const additionalData = this.#additionalData.forKey(ring.defaultKeyId);
      const payload = ring.defaultEncryptor.encrypt(plaintext, additionalData, payloadHeaderBytes);
      additionalData.copy(payload, 0, 0, payloadHeaderBytes);
      return payload;
    } catch (error) {
      throw homogenised(error, 'EncryptionFailed');
    }
  }

  #open(payload: Uint8Array, keyId: string, encryptor: AuthenticatedEncryptor): Buffer {
    try {
      return encryptor.decrypt(payload, this.#additionalData.forKey(keyId), payloadHeaderBytes);
    } catch (error) {
      throw homogenised(error, 'DecryptionFailed');
    }
  }

  #knownEntry(payload: Uint8Array): KeyRingEntry | undefined {
    return this.#rings.loaded?.find(this.#additionalData.keyIdOf(payload));
  }

  async #soughtEntry(payload: Uint8Array): Promise<KeyRingEntry> {
    const keyId = this.#additionalData.keyIdOf(payload);
    try {
      const ring = await this.#rings.current();
      const entry = ring.find(keyId) ?? (await this.#rings.refreshedFor(keyId)).find(keyId);
      if (entry === undefined) throw keyNotFound(keyId);
      return entry;
    } catch (error) {
      throw homogenised(error, 'DecryptionFailed');
    }
  }

  async #ringForProtecting(): Promise<KeyRing> {
    try {
      return await this.#rings.current();
    } catch (error) {
      throw homogenised(error, 'EncryptionFailed');
    }
  }
}

async function readied(entry: KeyRingEntry): Promise<AuthenticatedEncryptor> {
  try {
    return await entry.ready();
  } catch (error) {
    throw homogenised(error, 'DecryptionFailed');
  }
}
