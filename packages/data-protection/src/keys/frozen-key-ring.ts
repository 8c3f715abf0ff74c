import type { AuthenticatedEncryptor } from '../encryption/authenticated-encryptor.ts';
import type { KeyRing, KeyRingEntry } from './key-ring.ts';
import type { StoredKey } from './stored-key.ts';

/** The keys of one load; only their secrets are decrypted later, when one is asked for. */
export class FrozenKeyRing implements KeyRing {
  readonly defaultKeyId: string;
  readonly defaultEncryptor: AuthenticatedEncryptor;
  readonly #entries: ReadonlyMap<string, KeyRingEntry>;

  constructor(defaultKey: StoredKey, defaultEncryptor: AuthenticatedEncryptor, keys: readonly StoredKey[]) {
    this.defaultKeyId = defaultKey.keyId;
    this.defaultEncryptor = defaultEncryptor;
    this.#entries = new Map([...keys, defaultKey].map((key) => [key.keyId, entryOf(key)]));
  }

  find(keyId: string): KeyRingEntry | undefined {
    return this.#entries.get(keyId);
  }
}

function entryOf(key: StoredKey): KeyRingEntry {
  return {
    keyId: key.keyId,
    isRevoked: key.isRevoked,
    get encryptor() {
      return key.encryptor;
    },
    ready: () => key.createEncryptor(),
  };
}
