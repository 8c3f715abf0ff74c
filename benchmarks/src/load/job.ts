/** What the load generator is asked to do. Sent over a Node.js channel with structured cloning. */
export interface LoadJob {
  readonly port: number;
  /** A whole request, head and body, as it goes on the wire. */
  readonly request: Uint8Array;
  readonly expected: ExpectedAnswer;
  readonly pace: Pace;
  /** `kept`: connections serve request after request. `new`: each request opens one and closes it. */
  readonly connections: 'kept' | 'new';
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** A request without a whole answer after this time has failed. */
  readonly answerLimitMs: number;
  /** Processes whose CPU time is read at both ends of the measured time, by a name of the caller's. */
  readonly watch: Readonly<Record<string, readonly number[]>>;
}

export interface ExpectedAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

export type Pace =
  /** Closed loop: each of the connections asks again as soon as it was answered. Gives the largest rate. */
  | { readonly kind: 'closed'; readonly connections: number }
  /**
   * Open loop: requests are due at a constant rate whatever the answers do, and their latency counts from when
   * they were due. A subject that stalls thus pays for every request that came in the meantime.
   */
  | { readonly kind: 'open'; readonly requestsPerSecond: number };

/** What came of it, in the measured time only. */
export interface LoadResult {
  readonly seconds: number;
  /** Answers with the right status and every byte of the right body. */
  readonly answered: number;
  /** Failed requests by reason. */
  readonly failures: Readonly<Record<string, number>>;
  /** Milliseconds; null without an answer. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  /** Nanoseconds of CPU time by name in `watch`. */
  readonly cpuNanoseconds: Readonly<Record<string, number>>;
  /** The generator's own, to see that it was not what limited the rate. */
  readonly generatorCpuNanoseconds: number;
}

export type ToGenerator =
  | { readonly type: 'run'; readonly job: LoadJob }
  /** Ends the measured time of an open-ended job (`measureMs` infinite). */
  | { readonly type: 'finish' };

export type FromGenerator =
  | { readonly type: 'measuring' }
  | { readonly type: 'done'; readonly result: LoadResult }
  | { readonly type: 'broken'; readonly reason: string };

export function failedRequests(result: LoadResult): number {
  return Object.values(result.failures).reduce((sum, count) => sum + count, 0);
}

/** For people: `3 × ECONNRESET, 1 × status 502`; empty when nothing failed. */
export function describeFailures(result: LoadResult): string {
  return Object.entries(result.failures)
    .map(([reason, count]) => `${count} × ${reason}`)
    .join(', ');
}
