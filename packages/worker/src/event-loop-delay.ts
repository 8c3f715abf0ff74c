/** Milliseconds between two looks at the clock; each costs the process a short wake-up. */
const intervalMs = 250;

/**
 * Longest delay of the event loop: how late a timer was. Starts with the first call, so that it costs nothing before
 * somebody asks. Not `perf_hooks.monitorEventLoopDelay`: it forgets the interval that follows a reset.
 */
export class EventLoopDelay {
  #timer: NodeJS.Timeout | undefined;
  #due = 0;
  #longest = 0;

  /** Since the last call, in whole milliseconds; 0 the first time. */
  take(): number {
    if (this.#timer === undefined) {
      this.#due = performance.now() + intervalMs;
      this.#timer = setInterval(() => this.#look(), intervalMs).unref();
    }
    // The timer itself may be overdue.
    this.#longest = Math.max(this.#longest, performance.now() - this.#due);
    const longest = Math.round(this.#longest);
    this.#longest = 0;
    return longest;
  }

  #look(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#due);
    this.#due = now + intervalMs;
  }
}
