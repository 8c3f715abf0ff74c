import { decodeBase64Url, encodeBase64Url } from '../../encoding/base64url.ts';
import { asBuffer } from '../../encoding/as-buffer.ts';
import type { DataProtector } from '../../protection/data-protector.ts';

/** Bytes of values of one kind. */
export interface DataSerializer<T> {
  serialize(value: T): Uint8Array;
  /** Null, or an error, for bytes that are no such value. */
  deserialize(bytes: Uint8Array): T | null;
}

/** Values as protected text, base64url without padding. ASP.NET Core: `SecureDataFormat`. */
export class SecureDataFormat<T> {
  readonly #serializer: DataSerializer<T>;
  readonly #protector: DataProtector;

  constructor(serializer: DataSerializer<T>, protector: DataProtector) {
    this.#serializer = serializer;
    this.#protector = protector;
  }

  async protect(value: T): Promise<string> {
    return encodeBase64Url(asBuffer(await this.#protector.protect(this.#serializer.serialize(value))));
  }

  /** Null for whatever is wrong with the text; never throws. Who sent it must not learn the difference. */
  async unprotect(text: string): Promise<T | null> {
    try {
      return this.#serializer.deserialize(await this.#protector.unprotect(decodeBase64Url(text)));
    } catch {
      return null;
    }
  }
}
