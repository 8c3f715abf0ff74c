import { EncodingError } from '../errors/encoding-error.ts';
import { asBuffer } from './as-buffer.ts';
import { decodeUtf8 } from './utf8.ts';

/**
 * Reads what .NET's BinaryWriter wrote. Nothing is allocated for a length before that many bytes are known to be there.
 * Every method throws EncodingError when the bytes end early or mean nothing.
 */
export class BinaryReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = asBuffer(bytes);
  }

  /** Bytes not read yet: no count of anything in them can be larger. */
  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  /** One byte; as in .NET, any but 0 is true. */
  boolean(): boolean {
    return this.byte() !== 0;
  }

  /** 32 bits, little-endian, signed. */
  int32(): number {
    return this.#bytes.readInt32LE(this.#advance(4));
  }

  /** 64 bits, little-endian, signed. */
  int64(): bigint {
    return this.#bytes.readBigInt64LE(this.#advance(8));
  }

  /** 64 bits, big-endian, signed. */
  int64BigEndian(): bigint {
    return this.#bytes.readBigInt64BE(this.#advance(8));
  }

  /** UTF-8, its length in bytes before it in groups of 7 bits. */
  string(): string {
    return decodeUtf8(this.bytes(this.sevenBitInteger()));
  }

  /** A view, not a copy. */
  bytes(count: number): Buffer {
    const start = this.#advance(count);
    return this.#bytes.subarray(start, start + count);
  }

  /** At most 31 bits in at most five groups; as in .NET, a longer form than needed is taken. */
  sevenBitInteger(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      // The fifth group holds bits 28 to 30; what does not fit would be a negative length.
      if (shift === 28 && byte > 0x07) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new EncodingError('A length takes more than 31 bits.');
  }

  #advance(count: number): number {
    if (count < 0 || count > this.remaining) throw new EncodingError('The data end in the middle of a value.');
    const start = this.#offset;
    this.#offset += count;
    return start;
  }
}
