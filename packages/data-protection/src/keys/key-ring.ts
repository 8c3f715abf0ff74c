import type { AuthenticatedEncryptor } from '../encryption/authenticated-encryptor.ts';

/** Keys as they were at one load: frozen. */
export interface KeyRing {
  /** Used by new payloads. */
  readonly defaultKeyId: string;
  readonly defaultEncryptor: AuthenticatedEncryptor;
  /** Undefined when the ring has no such key. A key whose secret cannot be had is there, and `ready` throws why. */
  find(keyId: string): KeyRingEntry | undefined;
}

export interface KeyRingEntry {
  readonly keyId: string;
  readonly isRevoked: boolean;
  /** Set once the master key has been decrypted: the path without a wait. */
  readonly encryptor: AuthenticatedEncryptor | undefined;
  /** Decrypts the master key when that has not happened. */
  ready(): Promise<AuthenticatedEncryptor>;
}

/** Keeps the current ring: loads it, generates keys, refreshes in the background. */
export interface KeyRingProvider {
  /** The ring without a wait, also when it is stale and a refresh has been started; undefined before the first load. */
  readonly loaded: KeyRing | undefined;
  /** The ring, loaded first when there is none; concurrent callers share one load. */
  current(): Promise<KeyRing>;
  /** The ring after a forced refresh when that is allowed (the first two minutes), else the one there is. */
  refreshedFor(keyId: string): Promise<KeyRing>;
}
