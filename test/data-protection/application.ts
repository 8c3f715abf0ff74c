import type { CertificateFile } from './certificates.ts';

/** An application with data protection, of either kind: what one protects, the other has to read. */
export interface Application {
  protect(batch: Batch): Promise<string[]>;
  unprotect(batch: Batch): Promise<Outcome[]>;
  protectForTime(batch: Batch): Promise<string[]>;
  unprotectForTime(batch: Batch): Promise<Outcome[]>;
  /** Of bytes, whatever was revoked. */
  dangerousUnprotect(batch: Batch): Promise<Outcome[]>;
  keys(): Promise<KeyFacts[]>;
  createKey(dates?: { readonly activation?: Date; readonly expiration?: Date }): Promise<KeyFacts>;
  revokeKey(id: string): Promise<void>;
  /** @param before in ticks */
  revokeKeys(before: bigint): Promise<void>;
}

/** Where its keys are and how they are made. What is missing is the default of its kind. */
export interface ApplicationOptions {
  readonly applicationName?: string;
  readonly directory?: string;
  readonly encryption?: string;
  readonly validation?: string;
  /** Of the managed family, in bits. */
  readonly keySize?: number;
  readonly family?: 'managed' | 'cng-cbc' | 'cng-gcm';
  /** False: it makes no keys by itself. */
  readonly autoGenerateKeys?: boolean;
  readonly certificate?: CertificateFile;
  readonly olderCertificates?: readonly CertificateFile[];
}

export interface Batch {
  readonly purposes: readonly string[];
  /** Items are text; else base64 of bytes. */
  readonly text?: boolean;
  readonly items: readonly string[];
  readonly expiration?: Date;
}

/** What came of one item; what does not apply is null or missing. */
export interface Outcome {
  readonly value?: string | null;
  /** Milliseconds since 1970; null without an end. */
  readonly expiration?: number | null;
  readonly requiresMigration?: boolean | null;
  readonly wasRevoked?: boolean | null;
  readonly error?: string | null;
}

/** Dates in ticks. */
export interface KeyFacts {
  readonly id: string;
  readonly created: bigint;
  readonly activates: bigint;
  readonly expires: bigint;
  readonly revoked: boolean;
  /** Why its encryptor cannot be had. */
  readonly error?: string | null;
}

export const hour = 3_600_000;
export const day = 24 * hour;

const ticksOf1970 = 621_355_968_000_000_000n;
export const ticksOf = (date: Date): bigint => BigInt(date.getTime()) * 10_000n + ticksOf1970;
