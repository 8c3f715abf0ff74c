/** Retries per second that need no proportion: an application that closes after every answer loses nothing by it. */
const alwaysAllowed = 100;
const share = 0.2;

/**
 * Keeps the retries of a busy upstream below a fifth of its requests in each second: one that fails must not be
 * asked twice as much.
 */
export class RetryBudget {
  private second = -1;
  private requests = 0;
  private retries = 0;

  /** `now` in milliseconds. */
  request(now: number): void {
    this.enter(now);
    this.requests++;
  }

  /** Whether one more retry is within the budget; counts it if so. */
  tryRetry(now: number): boolean {
    this.enter(now);
    if (this.retries >= alwaysAllowed && this.retries >= this.requests * share) return false;
    this.retries++;
    return true;
  }

  private enter(now: number): void {
    const second = Math.floor(now / 1000);
    if (second === this.second) return;
    this.second = second;
    this.requests = this.retries = 0;
  }
}
