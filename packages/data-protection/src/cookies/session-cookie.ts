import { randomBytes } from 'node:crypto';
import { asBuffer } from '../encoding/as-buffer.ts';
import { decodeBase64Url } from '../encoding/base64url.ts';
import { readGuid } from '../encoding/guid.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.ts';
import type { DataProtector, DataProtectorFactory } from '../protection/data-protector.ts';

const sessionKeyLength = 36;

/**
 * The cookie `.AspNetCore.Session`: the protected key by which a session is kept in the application's cache. The session
 * itself is not in it.
 */
export class SessionCookieFormat {
  static readonly defaultCookieName = '.AspNetCore.Session';
  readonly #protector: DataProtector;

  constructor(provider: DataProtectorFactory) {
    this.#protector = provider.createProtector('SessionMiddleware');
  }

  /** A new key: 128 random bits in the form of a GUID. */
  static newSessionKey(): string {
    return readGuid(randomBytes(16));
  }

  /** The cookie's value, base64 without padding; it is percent-encoded in the `Set-Cookie` field. */
  async protect(sessionKey: string): Promise<string> {
    if (sessionKey.length !== sessionKeyLength) {
      throw new TypeError(`A session key has ${sessionKeyLength} characters, not ${sessionKey.length}.`);
    }
    const payload = asBuffer(await this.#protector.protect(encodeUtf8(sessionKey)));
    return payload.toString('base64').replace(/=+$/, '');
  }

  /** The session key; null for whatever is wrong with the value, never throws. */
  async unprotect(value: string): Promise<string | null> {
    try {
      const key = decodeUtf8(await this.#protector.unprotect(decodeBase64Url(value)));
      return key.length === sessionKeyLength && key.trim() !== '' ? key : null;
    } catch {
      return null;
    }
  }
}
