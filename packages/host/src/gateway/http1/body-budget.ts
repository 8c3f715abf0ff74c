/** Bytes of request bodies that one gateway process holds at most before it refuses new ones (256 MiB). */
const budgetBytes = 256 * 1024 * 1024;

/**
 * Bytes of request bodies that have come from clients and that nobody could take yet, over the whole process. Each
 * body holds little; very many together are bounded by this.
 */
export class BodyBudget {
  private held = 0;
  private readonly limit: number;

  constructor(limit = budgetBytes) {
    this.limit = limit;
  }

  /** No new body should be accepted. */
  get exhausted(): boolean {
    return this.held >= this.limit;
  }

  /** A body holds so many bytes more, or (negative) less. */
  change(bytes: number): void {
    this.held += bytes;
  }
}
