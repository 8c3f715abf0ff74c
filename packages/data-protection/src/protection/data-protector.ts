/** Makes protectors, each for its own purpose. ASP.NET Core calls it `IDataProtectionProvider`. */
export interface DataProtectorFactory {
  /**
   * What one chain of purposes protected, no other can read. `createProtector('a', 'b')`, `createProtector(['a', 'b'])`
   * and `createProtector('a').createProtector('b')` are the same.
   *
   * @throws TypeError for no purpose, for null and for text with a lone surrogate
   */
  createProtector(purpose: string, ...subPurposes: string[]): DataProtector;
  createProtector(purposes: readonly string[]): DataProtector;
}

/** Protects bytes or text for one chain of purposes. Immutable and cheap; keep it. ASP.NET Core: `IDataProtector`. */
export interface DataProtector extends DataProtectorFactory {
  /** Bytes come back as bytes, text as base64url without padding. */
  protect(data: Uint8Array): Promise<Uint8Array>;
  protect(text: string): Promise<string>;
  /** @throws CryptographicError when it was not protected for these purposes, or its key is gone or revoked */
  unprotect(data: Uint8Array): Promise<Uint8Array>;
  unprotect(text: string): Promise<string>;
  /** The same without a promise. @throws RingNotLoadedError before the first load: await any of the others once */
  protectSync(data: Uint8Array): Uint8Array;
  protectSync(text: string): string;
  unprotectSync(data: Uint8Array): Uint8Array;
  unprotectSync(text: string): string;
  toTimeLimitedDataProtector(): TimeLimitedDataProtector;
}

/** A protector whose keys are in a ring that can revoke them. ASP.NET Core: `IPersistedDataProtector`. */
export interface PersistedDataProtector extends DataProtector {
  /**
   * Reads a payload although its key may have been revoked.
   *
   * `requiresMigration`: protect it anew, its key is not the default key or is revoked.
   */
  dangerousUnprotect(
    data: Uint8Array,
    ignoreRevocationErrors: boolean,
  ): Promise<{ plaintext: Uint8Array; requiresMigration: boolean; wasRevoked: boolean }>;
}

/** When a payload stops being readable: an instant or a span from now; neither = never. */
export interface Lifetime {
  readonly expiration?: Date;
  readonly lifetimeMs?: number;
}

/** Payloads that expire. ASP.NET Core: `ITimeLimitedDataProtector`. */
export interface TimeLimitedDataProtector {
  createProtector(purpose: string, ...subPurposes: string[]): TimeLimitedDataProtector;
  createProtector(purposes: readonly string[]): TimeLimitedDataProtector;
  protect(data: Uint8Array, lifetime?: Lifetime): Promise<Uint8Array>;
  protect(text: string, lifetime?: Lifetime): Promise<string>;
  unprotect(data: Uint8Array): Promise<Uint8Array>;
  unprotect(text: string): Promise<string>;
  /** `expiration` is null for a payload without one. */
  unprotectWithExpiration(data: Uint8Array): Promise<{ plaintext: Uint8Array; expiration: Date | null }>;
  unprotectWithExpiration(text: string): Promise<{ plaintext: string; expiration: Date | null }>;
}
