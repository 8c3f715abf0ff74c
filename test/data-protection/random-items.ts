import { createHash } from 'node:crypto';

/** Bytes that are the same for the same seed. */
export class SeededBytes {
  readonly #bytes: Buffer;
  #next = 0;

  /** @param length how many there are at most */
  constructor(seed: string, length: number) {
    this.#bytes = createHash('shake256', { outputLength: length }).update(seed).digest();
  }

  take(count: number): Buffer {
    const taken = this.#bytes.subarray(this.#next, this.#next + count);
    if (taken.length < count) throw new Error('there are no more bytes');
    this.#next += count;
    return taken;
  }

  /** From 0 to `end`, which is excluded. */
  number(end: number): number {
    return this.take(4).readUInt32LE() % end;
  }

  /** Bytes of a length up to `longest`, as base64. */
  base64(longest: number): string {
    return this.take(this.number(longest + 1)).toString('base64');
  }

  /** Text of all planes and all lengths of UTF-8. */
  text(longest: number): string {
    const ends = [0x80, 0x800, 0xd800, 0x110000 - 0x800];
    const points = Array.from({ length: this.number(longest + 1) }, () => {
      const point = this.number(ends[this.number(ends.length)] ?? 0);
      // The surrogates are left out.
      return point < 0xd800 ? point : point + 0x800;
    });
    return String.fromCodePoint(...points);
  }
}
