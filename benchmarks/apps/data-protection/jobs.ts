import { createInterface } from 'node:readline';
import { Latencies } from '../../src/load/latencies.ts';

/** A line on stdin: do one operation again and again. `aspnetcore/Program.cs` reads the same. */
export interface Job {
  readonly operation: 'protect' | 'unprotect' | 'text';
  /** Length of the plaintext. */
  readonly bytes: number;
  readonly seconds: number;
  /** Time each operation, which costs time itself, instead of only counting them. */
  readonly timed: boolean;
}

/** The line on stdout that answers it. */
export interface JobResult {
  readonly operations: number;
  readonly p50Micros: number | null;
  readonly p99Micros: number | null;
}

/** The purposes of an ASP.NET Core authentication cookie: what the library is used for most. */
export const purposes = [
  'SharedCookieApp',
  'Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationMiddleware',
  'Cookies',
  'v2',
];

/** The same bytes in every program. */
export function plaintextOf(bytes: number): Buffer {
  return Buffer.alloc(bytes, 'poolhouse benchmark ');
}

/** How often to look at the clock. */
const batch = 64;

/**
 * Answers jobs until stdin ends.
 *
 * @param operationOf prepares a job: the function that it returns is what is measured
 */
export async function serveJobs(operationOf: (job: Job) => () => unknown): Promise<void> {
  for await (const line of createInterface(process.stdin)) {
    const job = JSON.parse(line) as Job;
    const operation = operationOf(job);
    console.log(JSON.stringify(job.timed ? timed(operation, job) : counted(operation, job)));
  }
}

function counted(operation: () => unknown, { seconds }: Job): JobResult {
  const end = performance.now() + seconds * 1_000;
  let operations = 0;
  do {
    for (let count = 0; count < batch; count++) operation();
    operations += batch;
  } while (performance.now() < end);
  return { operations, p50Micros: null, p99Micros: null };
}

function timed(operation: () => unknown, { seconds }: Job): JobResult {
  const latencies = new Latencies();
  let begun = performance.now();
  const end = begun + seconds * 1_000;
  while (begun < end) {
    operation();
    const now = performance.now();
    latencies.add((now - begun) * 1_000);
    begun = now;
  }
  const operations = latencies.count;
  const [p50Micros = null, p99Micros = null] = latencies.percentiles(0.5, 0.99);
  return { operations, p50Micros, p99Micros };
}
