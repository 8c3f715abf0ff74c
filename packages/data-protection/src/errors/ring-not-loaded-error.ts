/** A synchronous call came before the key ring was loaded: await `protect` or `unprotect` once, then it is there. */
export class RingNotLoadedError extends Error {
  override readonly name = 'RingNotLoadedError';

  constructor() {
    super(
      'The key ring is not loaded yet. Await one call of the provider (for example protect) before a synchronous one.',
    );
  }
}
