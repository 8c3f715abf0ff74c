/** Latencies of one run, milliseconds. All are kept: a percentile of a histogram would be an estimate. */
export class Latencies {
  #values = new Float64Array(65_536);
  #count = 0;

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const grown = new Float64Array(this.#values.length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#count++] = value;
  }

  get count(): number {
    return this.#count;
  }

  /** Nearest-rank percentiles, each between 0 and 1; null without values. */
  percentiles(...ranks: readonly number[]): (number | null)[] {
    const sorted = this.#values.subarray(0, this.#count).sort();
    return ranks.map((rank) => sorted[Math.max(0, Math.ceil(rank * sorted.length) - 1)] ?? null);
  }
}
