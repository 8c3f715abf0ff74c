import { EncodingError } from '../errors/encoding-error.ts';
import { sevenBitSize, writeSevenBitInteger } from './seven-bit-integer.ts';
import { encodeUtf8 } from './utf8.ts';

/** Writes as .NET's BinaryWriter does, into one buffer that grows. */
export class BinaryWriter {
  readonly #maximumBytes: number;
  #bytes = Buffer.allocUnsafe(256);
  #length = 0;

  /** @param maximumBytes more than that throws EncodingError; default 64 MiB */
  constructor(maximumBytes = 64 * 1024 * 1024) {
    this.#maximumBytes = maximumBytes;
  }

  byte(value: number): this {
    const start = this.#advance(1);
    this.#bytes.writeUInt8(value, start);
    return this;
  }

  boolean(value: boolean): this {
    return this.byte(value ? 1 : 0);
  }

  /** 32 bits, little-endian, signed. */
  int32(value: number): this {
    const start = this.#advance(4);
    this.#bytes.writeInt32LE(value, start);
    return this;
  }

  /** 64 bits, little-endian, signed. */
  int64(value: bigint): this {
    const start = this.#advance(8);
    this.#bytes.writeBigInt64LE(value, start);
    return this;
  }

  /** 64 bits, big-endian, signed. */
  int64BigEndian(value: bigint): this {
    const start = this.#advance(8);
    this.#bytes.writeBigInt64BE(value, start);
    return this;
  }

  /** UTF-8, its length in bytes before it. @throws EncodingError for a surrogate without its other half */
  string(text: string): this {
    const bytes = encodeUtf8(text);
    return this.sevenBitInteger(bytes.length).bytes(bytes);
  }

  bytes(bytes: Uint8Array): this {
    const start = this.#advance(bytes.length);
    this.#bytes.set(bytes, start);
    return this;
  }

  sevenBitInteger(value: number): this {
    const start = this.#advance(sevenBitSize(value));
    writeSevenBitInteger(value, this.#bytes, start);
    return this;
  }

  /** A copy of what was written. */
  toBuffer(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  #advance(count: number): number {
    const start = this.#length;
    const end = start + count;
    if (end > this.#maximumBytes) throw new EncodingError(`The data are longer than ${this.#maximumBytes} bytes.`);
    if (end > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(end, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
    }
    this.#length = end;
    return start;
  }
}
