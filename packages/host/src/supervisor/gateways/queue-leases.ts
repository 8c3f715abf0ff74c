/**
 * One `queueLength` for several gateways. Each queues its own share; what is left over of the division, and
 * nothing more, is lent on demand, so that the total never exceeds the bound.
 */
export class QueueLeases {
  readonly #lent = new Map<string, Map<number, number>>();

  /**
   * @param wanted places asked for (positive) or given back (negative)
   * @returns places granted, 0 or more; a returned lease grants nothing
   */
  change(pool: string, gateway: number, wanted: number, queueLength: number, gateways: number): number {
    const lent = this.#lent.get(pool) ?? new Map<number, number>();
    this.#lent.set(pool, lent);
    const own = lent.get(gateway) ?? 0;
    if (wanted <= 0) {
      lent.set(gateway, Math.max(0, own + wanted));
      return 0;
    }
    const shares = Math.floor(queueLength / gateways) * gateways;
    const total = [...lent.values()].reduce((sum, each) => sum + each, 0);
    const granted = Math.max(0, Math.min(wanted, queueLength - shares - total));
    lent.set(gateway, own + granted);
    return granted;
  }

  /** A gateway is gone, and with it what waited there. */
  forget(gateway: number): void {
    for (const lent of this.#lent.values()) lent.delete(gateway);
  }
}
