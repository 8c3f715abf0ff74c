/** Places are leased from the supervisor in blocks of this size. */
const block = 64;

/**
 * This gateway's part of a pool's queue: ⌊queueLength/N⌋ places of its own, more by lease. All gateways together
 * never exceed `queueLength`, because the supervisor grants no more than is free.
 */
export class QueueShare {
  private own: number;
  private leased = 0;
  private asked = false;
  private readonly alone: boolean;

  constructor(queueLength: number, gateways: number) {
    this.alone = gateways === 1;
    this.own = Math.floor(queueLength / gateways);
  }

  get places(): number {
    return this.own + this.leased;
  }

  resize(queueLength: number, gateways: number): void {
    this.own = Math.floor(queueLength / gateways);
  }

  /** Places to ask for (positive) or give back (negative) now that `waiting` requests wait; 0 = neither. */
  adjust(waiting: number): number {
    if (this.alone) return 0;
    // Early enough that the answer comes before the places are used up.
    if (waiting + block / 2 >= this.places && waiting > 0 && !this.asked) {
      this.asked = true;
      return block;
    }
    // A block is kept in reserve, so that a queue around the limit does not lease and return all the time.
    const reserve = waiting === 0 ? 0 : block;
    const spare = Math.floor((this.places - waiting - reserve) / block) * block;
    const returned = Math.min(Math.max(spare, 0), this.leased);
    this.leased -= returned;
    return returned === 0 ? 0 : -returned;
  }

  /** The supervisor's answer. After a grant of nothing, asking again waits for the queue to shrink. */
  granted(places: number): void {
    this.leased += places;
    this.asked = places === 0;
  }

  /** The queue is empty: ask again when it grows. */
  emptied(): void {
    this.asked = false;
  }
}
