import { randomBytes } from 'node:crypto';
import { encryptorFor } from '../encryption/encryptor-for.ts';
import type { KeyRing, KeyRingEntry, KeyRingProvider } from '../keys/key-ring.ts';
import type { DataProtectorFactory } from './data-protector.ts';
import { KeyRingDataProtectionProvider } from './key-ring-data-protection-provider.ts';
import type { KeyRingDataProtector } from './key-ring-data-protector.ts';

const ephemeralKeyId = '00000000-0000-0000-0000-000000000000';
const masterKeyBytes = 64;

/**
 * Protects with a key that lives as long as this object and is kept nowhere: what it made, nobody reads after the
 * process has ended. For tests, and for payloads that never leave the process.
 */
export class EphemeralDataProtectionProvider implements DataProtectorFactory {
  readonly #provider = new KeyRingDataProtectionProvider(ephemeralRing());

  createProtector(first: string | readonly string[], ...more: string[]): KeyRingDataProtector {
    return this.#provider.createProtector(first, ...more);
  }
}

function ephemeralRing(): KeyRingProvider {
  const masterKey = randomBytes(masterKeyBytes);
  const encryptor = encryptorFor({ mode: 'cbc', cipher: 'aes-256-cbc', digest: 'sha256' }, masterKey);
  masterKey.fill(0);
  const entry: KeyRingEntry = {
    keyId: ephemeralKeyId,
    isRevoked: false,
    encryptor,
    ready: () => Promise.resolve(encryptor),
  };
  const ring: KeyRing = {
    defaultKeyId: ephemeralKeyId,
    defaultEncryptor: encryptor,
    find: (keyId) => (keyId === ephemeralKeyId ? entry : undefined),
  };
  return { loaded: ring, current: () => Promise.resolve(ring), refreshedFor: () => Promise.resolve(ring) };
}
