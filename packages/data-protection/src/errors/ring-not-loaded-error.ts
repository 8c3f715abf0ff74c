/**
 * A synchronous call came before the key ring was loaded, or before the secret of the payload's key was decrypted:
 * await `protect` or `unprotect` once, then it is there.
 */
export class RingNotLoadedError extends Error {
  override readonly name = 'RingNotLoadedError';

  /** @param keyId the key whose secret is missing; without it the whole ring is */
  constructor(keyId?: string) {
    super(
      keyId === undefined
        ? 'The key ring is not loaded yet. Await one call of the provider (for example protect) before a synchronous one.'
        : `The secret of the key {${keyId}} has not been decrypted yet. Await unprotect for one of its payloads before a synchronous call.`,
    );
  }
}
