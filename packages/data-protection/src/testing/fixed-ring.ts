import type { AuthenticatedEncryptor } from '../encryption/authenticated-encryptor.ts';
import type { KeyRing, KeyRingEntry, KeyRingProvider } from '../keys/key-ring.ts';

export interface FixedKey {
  readonly keyId: string;
  readonly encryptor: AuthenticatedEncryptor;
  readonly isRevoked?: boolean;
  /** The master key is decrypted by `ready` only; an error is what that comes to. */
  readonly lazy?: true | Error;
}

/** A ring of given keys, the first of which is the default key. */
export function ringOf(...keys: readonly [FixedKey, ...FixedKey[]]): KeyRing {
  const entries = new Map(keys.map((key) => [key.keyId, entryOf(key)]));
  return {
    defaultKeyId: keys[0].keyId,
    defaultEncryptor: keys[0].encryptor,
    find: (keyId) => entries.get(keyId),
  };
}

/** Loaded from the start, and never anything else. */
export function loadedRing(ring: KeyRing): KeyRingProvider {
  return { loaded: ring, current: () => Promise.resolve(ring), refreshedFor: () => Promise.resolve(ring) };
}

function entryOf({ keyId, encryptor, isRevoked = false, lazy }: FixedKey): KeyRingEntry {
  let ready = lazy === undefined;
  return {
    keyId,
    isRevoked,
    get encryptor() {
      return ready ? encryptor : undefined;
    },
    ready() {
      if (lazy instanceof Error) return Promise.reject(lazy);
      ready = true;
      return Promise.resolve(encryptor);
    },
  };
}
