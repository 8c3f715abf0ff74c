import { randomBytes } from 'node:crypto';

/**
 * Random bytes for many payloads from one call of the generator, which costs as much for 32 bytes as for 4 KiB. Each
 * byte is given out once, and zeroed in the pool when it is.
 */
export class RandomPool {
  readonly #generate: (bytes: number) => Uint8Array;
  readonly #blockBytes: number;
  #block: Uint8Array = new Uint8Array(0);
  #used = 0;

  /** @param generate gives that many bytes, in an array that nobody else uses; default node:crypto's generator */
  constructor(generate: (bytes: number) => Uint8Array = randomBytes, blockBytes = 4096) {
    this.#generate = generate;
    this.#blockBytes = blockBytes;
  }

  /** Fills `target` from `start` to `end`. */
  fill(target: Uint8Array, start: number, end: number): void {
    const bytes = end - start;
    if (this.#block.length - this.#used < bytes) this.#renew(bytes);
    const taken = this.#block.subarray(this.#used, this.#used + bytes);
    this.#used += bytes;
    target.set(taken, start);
    taken.fill(0);
  }

  #renew(bytes: number): void {
    this.#block.fill(0);
    this.#block = this.#generate(Math.max(this.#blockBytes, bytes));
    this.#used = 0;
    // A generator that gives less would leave bytes that can be guessed where random ones belong.
    if (this.#block.length < bytes)
      throw new RangeError('The random generator gave fewer bytes than it was asked for.');
  }
}
