import { guidBytes, readGuid, writeGuid } from '../encoding/guid.ts';
import { sevenBitSize, writeSevenBitInteger } from '../encoding/seven-bit-integer.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { keyIdStart, payloadHeaderBytes, payloadMagic } from './payload-header.ts';

/**
 * What binds a payload to its key and its purposes. Built once for a chain of purposes; from one payload to the next
 * only the key id changes, and that seldom.
 *
 *     | magic, 4 | key id, 16 | count of purposes, BE32 | length, 7-bit groups | UTF-8 | …
 *
 * The first 20 bytes are also the header of the payload.
 */
export class AdditionalData {
  readonly #bytes: Buffer;
  #keyId: string | undefined;

  constructor(purposes: readonly string[]) {
    const texts = purposes.map(encodeUtf8);
    const size = texts.reduce((sum, text) => sum + sevenBitSize(text.length) + text.length, payloadHeaderBytes + 4);
    this.#bytes = Buffer.alloc(size);
    this.#bytes.set(payloadMagic);
    let offset = this.#bytes.writeUInt32BE(texts.length, payloadHeaderBytes);
    for (const text of texts) {
      offset = writeSevenBitInteger(text.length, this.#bytes, offset);
      this.#bytes.set(text, offset);
      offset += text.length;
    }
  }

  /** The bytes for one key, good until the next call: hand them on at once, to what does not keep them. */
  forKey(keyId: string): Buffer {
    if (keyId !== this.#keyId) {
      writeGuid(keyId, this.#bytes, keyIdStart);
      this.#keyId = keyId;
    }
    return this.#bytes;
  }

  /** The key that a payload names. Mostly it is the one of the payload before, whose id need not be printed again. */
  keyIdOf(payload: Uint8Array): string {
    if (this.#keyId !== undefined && this.#namesSameKey(payload)) return this.#keyId;
    return readGuid(payload, keyIdStart);
  }

  #namesSameKey(payload: Uint8Array): boolean {
    for (let index = keyIdStart; index < keyIdStart + guidBytes; index++) {
      if (payload[index] !== this.#bytes[index]) return false;
    }
    return true;
  }
}
