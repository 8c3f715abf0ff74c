/** Milliseconds between two looks; a look costs the process one short wake-up. */
const resolutionMs = 100;

/** Longest delay of the event loop. Starts with the first call, so that it costs nothing at start-up. */
export class EventLoopDelay {
  #histogram: ReturnType<typeof import('node:perf_hooks').monitorEventLoopDelay> | undefined;

  /** Since the last call, in whole milliseconds; 0 the first time. */
  take(): number {
    if (this.#histogram === undefined) {
      const { monitorEventLoopDelay } = require('node:perf_hooks') as typeof import('node:perf_hooks');
      this.#histogram = monitorEventLoopDelay({ resolution: resolutionMs });
      this.#histogram.enable();
      return 0;
    }
    // The histogram records the whole interval between two looks.
    const delay = Math.max(0, Math.round(this.#histogram.max / 1e6) - resolutionMs);
    this.#histogram.reset();
    return delay;
  }
}
