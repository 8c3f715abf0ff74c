import { timingSafeEqual } from 'node:crypto';
import { asBuffer } from '../encoding/as-buffer.ts';
import { decodeBase64Url } from '../encoding/base64url.ts';
import { BinaryReader } from '../encoding/binary-reader.ts';
import { BinaryWriter } from '../encoding/binary-writer.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { EncodingError } from '../errors/encoding-error.ts';
import type { DataProtector, DataProtectorFactory } from '../protection/data-protector.ts';
import { latestInstant, systemClock, ticksPerMillisecond, type Instant } from '../time/instant.ts';

export interface IdentityTokenOptions {
  readonly provider: DataProtectorFactory;
  /** `DataProtectionTokenProviderOptions.Name`, the purpose. Default `DataProtectorTokenProvider`. */
  readonly name?: string;
  /** Default 1 day. */
  readonly tokenLifespanMs?: number;
  readonly clock?: () => Instant;
}

/** What a token of ASP.NET Core Identity is for. */
export interface IdentityTokenSubject {
  readonly userId: string;
  /** `EmailConfirmation`, `ResetPassword`, `ChangeEmail:` and the new address, … */
  readonly purpose: string;
  /** The user's current stamp; empty where the user store has none. */
  readonly securityStamp: string;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Tokens in mails that confirm an address or reset a password. ASP.NET Core Identity: `DataProtectorTokenProvider`. */
export class IdentityTokens {
  readonly #protector: DataProtector;
  readonly #lifespan: bigint;
  readonly #clock: () => Instant;

  constructor({ provider, name, tokenLifespanMs = dayMs, clock = systemClock }: IdentityTokenOptions) {
    this.#protector = provider.createProtector(name || 'DataProtectorTokenProvider');
    this.#lifespan = BigInt(Math.round(tokenLifespanMs)) * ticksPerMillisecond;
    this.#clock = clock;
  }

  /** base64 with padding; put it into an address with `encodeURIComponent`. */
  async generate({ userId, purpose, securityStamp }: IdentityTokenSubject): Promise<string> {
    const writer = new BinaryWriter().int64(this.#clock()).string(userId).string(purpose).string(securityStamp);
    return asBuffer(await this.#protector.protect(writer.toBuffer())).toString('base64');
  }

  /** Whether a token was made for this user, purpose and stamp, and its time is not over. Never rejects. */
  async validate(token: string, subject: IdentityTokenSubject): Promise<boolean> {
    const said = await this.read(token);
    return (
      said !== null &&
      said.userId === subject.userId &&
      said.purpose === subject.purpose &&
      isSameText(said.securityStamp, subject.securityStamp)
    );
  }

  /** What a token says, before its user is known; null when it is none of ours or its time is over. Never rejects. */
  async read(token: string): Promise<IdentityTokenSubject | null> {
    try {
      const reader = new BinaryReader(await this.#protector.unprotect(decodeBase64Url(token)));
      const created = reader.int64();
      if (created < 0n || created > latestInstant || created + this.#lifespan < this.#clock()) return null;
      const said = { userId: reader.string(), purpose: reader.string(), securityStamp: reader.string() };
      if (reader.remaining > 0) throw new EncodingError('There are bytes after the token.');
      return said;
    } catch {
      return null;
    }
  }
}

function isSameText(one: string, other: string): boolean {
  if (!one.isWellFormed() || !other.isWellFormed()) return false;
  const [bytes, others] = [encodeUtf8(one), encodeUtf8(other)];
  return bytes.length === others.length && timingSafeEqual(bytes, others);
}
