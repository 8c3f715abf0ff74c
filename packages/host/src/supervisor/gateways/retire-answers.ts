/**
 * Collects the answers of all gateways to a retire. A gateway that is gone has nothing in flight: its
 * silence counts as `drained`. The first `busy` decides.
 */
export class RetireAnswers {
  readonly #waiting = new Map<number, Set<number>>();
  readonly #settled: (upstream: number, answer: 'drained' | 'busy') => void;

  constructor(settled: (upstream: number, answer: 'drained' | 'busy') => void) {
    this.#settled = settled;
  }

  ask(upstream: number, gateways: readonly number[]): void {
    this.#waiting.set(upstream, new Set(gateways));
    // The decision that retires is still being carried out.
    if (gateways.length === 0) queueMicrotask(() => this.#check(upstream));
  }

  answer(upstream: number, gateway: number, answer: 'drained' | 'busy'): void {
    const waiting = this.#waiting.get(upstream);
    if (waiting?.delete(gateway) !== true) return;
    if (answer === 'busy') {
      this.#waiting.delete(upstream);
      return this.#settled(upstream, 'busy');
    }
    this.#check(upstream);
  }

  /** What a gateway has yet to answer. */
  pendingOf(gateway: number): number[] {
    return [...this.#waiting].filter(([, gateways]) => gateways.has(gateway)).map(([upstream]) => upstream);
  }

  forgetGateway(gateway: number): void {
    for (const upstream of this.#waiting.keys()) this.answer(upstream, gateway, 'drained');
  }

  forgetUpstream(upstream: number): void {
    this.#waiting.delete(upstream);
  }

  #check(upstream: number): void {
    if (this.#waiting.get(upstream)?.size !== 0) return;
    this.#waiting.delete(upstream);
    this.#settled(upstream, 'drained');
  }
}
