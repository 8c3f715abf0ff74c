/** Retries per second that need no proportion, so that a quiet application has them too. */
const alwaysAllowed = 10;
const share = 0.2;

/** Keeps retries below a fifth of the requests of each second: a failing upstream must not double its load. */
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
