import { createInterface } from 'node:readline';
import { Latencies } from '../../src/load/latencies.ts';

/** A line on stdin: do one operation again and again. `aspnetcore/Program.cs` reads the same. */
export type Job = PayloadJob | LoadJob;

export interface PayloadJob extends Measurement {
  readonly operation: 'protect' | 'unprotect' | 'text';
  /** Length of the plaintext. */
  readonly bytes: number;
}

/** Make a provider of its own and protect with it, which takes the whole ring. */
export interface LoadJob extends Measurement {
  readonly operation: 'load';
  readonly keyDirectory: string;
}

interface Measurement {
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

/** Operations between two looks at the clock; loading a ring is longer than that look. */
const batchOf = ({ operation }: Job): number => (operation === 'load' ? 1 : 64);

/**
 * Answers jobs until stdin ends.
 *
 * @param operationOf prepares a job: the function that it returns is what is measured
 */
export async function serveJobs(operationOf: (job: Job) => () => unknown): Promise<void> {
  for await (const line of createInterface(process.stdin)) {
    const job = JSON.parse(line) as Job;
    const operation = operationOf(job);
    console.log(JSON.stringify(await (job.timed ? timed(operation, job) : counted(operation, job))));
  }
}

async function counted(operation: () => unknown, job: Job): Promise<JobResult> {
  const batch = batchOf(job);
  const end = performance.now() + job.seconds * 1_000;
  let operations = 0;
  do {
    for (let count = 0; count < batch; count++) {
      const result = operation();
      if (result instanceof Promise) await result;
    }
    operations += batch;
  } while (performance.now() < end);
  return { operations, p50Micros: null, p99Micros: null };
}

async function timed(operation: () => unknown, { seconds }: Job): Promise<JobResult> {
  const latencies = new Latencies();
  let begun = performance.now();
  const end = begun + seconds * 1_000;
  while (begun < end) {
    const result = operation();
    if (result instanceof Promise) await result;
    const now = performance.now();
    latencies.add((now - begun) * 1_000);
    begun = now;
  }
  const operations = latencies.count;
  const [p50Micros = null, p99Micros = null] = latencies.percentiles(0.5, 0.99);
  return { operations, p50Micros, p99Micros };
}
