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
  /**
   * Bytes come back as bytes, text as base64url without padding.
   *
   * @throws CryptographicError `EncryptionFailed` when the ring has no key to protect with or cannot be loaded, and
   *   `GenericError` for text with a lone surrogate; TypeError for what is neither bytes nor text
   */
  protect(data: Uint8Array): Promise<Uint8Array>;
  protect(text: string): Promise<string>;
  /**
   * What was protected, in the form it was given in.
   *
   * @throws CryptographicError whose `code` tells: `BadMagicHeader` for what is no payload, `PayloadInvalid` for one that
   *   was changed or made for other purposes, `KeyNotFound`, `KeyRevoked`, `GenericError` for text that is no base64url;
   *   TypeError for what is neither bytes nor text
   */
  unprotect(data: Uint8Array): Promise<Uint8Array>;
  unprotect(text: string): Promise<string>;
  /** The same without a promise. @throws RingNotLoadedError besides, before the first load: await any of the others once */
  protectSync(data: Uint8Array): Uint8Array;
  protectSync(text: string): string;
  unprotectSync(data: Uint8Array): Uint8Array;
  unprotectSync(text: string): string;
  /** For the same purposes, and payloads that say until when they are valid. Neither reads those of the other. */
  toTimeLimitedDataProtector(): TimeLimitedDataProtector;
}

/** A protector whose keys are in a ring that can revoke them. ASP.NET Core: `IPersistedDataProtector`. */
export interface PersistedDataProtector extends DataProtector {
  /**
   * Reads a payload although its key may have been revoked.
   *
   * @param ignoreRevocationErrors false: as `unprotect`, and a revoked key throws `KeyRevoked`
   * @returns `requiresMigration`: protect it anew, its key is not the default key or is revoked. `wasRevoked`: whoever
   *   got hold of the key may have made it
   * @throws CryptographicError as `unprotect`
   */
  dangerousUnprotect(
    data: Uint8Array,
    ignoreRevocationErrors: boolean,
  ): Promise<{ plaintext: Uint8Array; requiresMigration: boolean; wasRevoked: boolean }>;
}

/** When a payload stops being readable: an instant or a span from now; neither = never. */
export interface Lifetime {
  /** The last instant at which it is valid. */
  readonly expiration?: Date;
  /** Milliseconds from now. */
  readonly lifetimeMs?: number;
}

/** Payloads that expire. ASP.NET Core: `ITimeLimitedDataProtector`. */
export interface TimeLimitedDataProtector {
  createProtector(purpose: string, ...subPurposes: string[]): TimeLimitedDataProtector;
  createProtector(purposes: readonly string[]): TimeLimitedDataProtector;
  /** As `DataProtector` has it. @throws TypeError besides for both ways to say the time, RangeError for no date of .NET */
  protect(data: Uint8Array, lifetime?: Lifetime): Promise<Uint8Array>;
  protect(text: string, lifetime?: Lifetime): Promise<string>;
  /** @throws CryptographicError `PayloadExpired` besides those of `DataProtector` */
  unprotect(data: Uint8Array): Promise<Uint8Array>;
  unprotect(text: string): Promise<string>;
  /** The same, and until when; `expiration` is null for a payload without one. */
  unprotectWithExpiration(data: Uint8Array): Promise<{ plaintext: Uint8Array; expiration: Date | null }>;
  unprotectWithExpiration(text: string): Promise<{ plaintext: string; expiration: Date | null }>;
}
