import { cpuTime, cpuTimeBetween } from '../machine/cpu-time.ts';
import type { CpuTime } from '../machine/cpu-time.ts';
import { ClientConnection } from './connection.ts';
import type { ConnectionOwner } from './connection.ts';
import type { LoadJob, LoadResult } from './job.ts';
import { Latencies } from './latencies.ts';

/** An open loop stops opening connections here: what is due beyond waits in the generator, and its time counts. */
const maxConnections = 1_000;
/** A closed loop waits this long after a failure, so that a dead subject is not counted a million times. */
const pauseAfterFailureMs = 10;
const sweepMs = 100;

/**
 * Carries out one job:
 *
 *   1. warm-up: requests flow, nothing is counted
 *   2. measuring: CPU time is read, requests count; closed loop: those answered now, open loop: those due now
 *   3. CPU time is read again; an open loop waits for the answers to what was due
 *   4. the connections close and the result is handed over
 */
export class LoadRun implements ConnectionOwner {
  readonly #job: LoadJob;
  readonly #buffer = Buffer.allocUnsafe(256 * 1024);
  readonly #connections = new Set<ClientConnection>();
  readonly #idle: ClientConnection[] = [];
  /** When the requests were due that wait for a connection; `#waitingFrom` is the index of the first. */
  #waiting: number[] = [];
  #waitingFrom = 0;
  readonly #latencies = new Latencies();
  readonly #failures = new Map<string, number>();
  #measureFrom = Number.POSITIVE_INFINITY;
  #measureUntil = Number.POSITIVE_INFINITY;
  #pacing = true;
  #due = 0;
  #waitingForLast: (() => void) | undefined;
  #endMeasuring: () => void = () => {};

  constructor(job: LoadJob) {
    this.#job = job;
  }

  async run(onMeasuring: () => void): Promise<LoadResult> {
    const { pace, warmUpMs, measureMs, watch } = this.#job;
    const sweep = setInterval(() => this.#sweep(), sweepMs);
    if (pace.kind === 'closed') for (let index = 0; index < pace.connections; index++) this.#open(performance.now());
    else this.#pace(performance.now(), pace.requestsPerSecond / 1_000);
    await new Promise((resolve) => setTimeout(resolve, warmUpMs));

    const before = readCpu(watch);
    const ownBefore = process.cpuUsage();
    this.#measureFrom = performance.now();
    onMeasuring();
    await new Promise<void>((resolve) => {
      this.#endMeasuring = resolve;
      if (Number.isFinite(measureMs)) setTimeout(resolve, measureMs);
    });
    this.#measureUntil = performance.now();
    const own = process.cpuUsage(ownBefore);
    const after = readCpu(watch);

    this.#pacing = false;
    if (pace.kind === 'open') await this.#lastAnswers();
    clearInterval(sweep);
    for (const connection of this.#connections) connection.close();

    const [p50Ms, p99Ms, maxMs] = this.#latencies.percentiles(0.5, 0.99, 1) as [number, number, number];
    return {
      seconds: (this.#measureUntil - this.#measureFrom) / 1_000,
      answered: this.#latencies.count,
      failures: Object.fromEntries(this.#failures),
      p50Ms,
      p99Ms,
      maxMs,
      cpuNanoseconds: Object.fromEntries(
        Object.keys(watch).map((name) => [
          name,
          cpuTimeBetween(before.get(name) as CpuTime, after.get(name) as CpuTime),
        ]),
      ),
      generatorCpuNanoseconds: (own.user + own.system) * 1_000,
    };
  }

  /** Ends an open-ended measurement. */
  finish(): void {
    this.#endMeasuring();
  }

  answered(connection: ClientConnection, outcome: string, reusable: boolean): void {
    this.#count(connection.dueAt, outcome);
    if (!reusable) this.#connections.delete(connection);
    if (this.#job.pace.kind === 'open') {
      if (reusable) this.#idle.push(connection);
      this.#dispatchWaiting();
      this.#waitingForLast?.();
    } else if (!this.#pacing) {
      return;
    } else if (reusable) {
      connection.send(performance.now());
    } else if (outcome === 'right') {
      this.#open(performance.now());
    } else {
      setTimeout(() => this.#pacing && this.#open(performance.now()), pauseAfterFailureMs);
    }
  }

  closedIdle(connection: ClientConnection): void {
    this.#connections.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
  }

  #open(dueAt: number): void {
    const connection = new ClientConnection(this.#job, this.#buffer, this);
    this.#connections.add(connection);
    connection.send(dueAt);
  }

  #count(dueAt: number, outcome: string): void {
    const now = performance.now();
    const counted = this.#job.pace.kind === 'open' ? dueAt : now;
    if (counted < this.#measureFrom || counted >= this.#measureUntil) return;
    if (outcome === 'right') this.#latencies.add(now - dueAt);
    else this.#failures.set(outcome, (this.#failures.get(outcome) ?? 0) + 1);
  }

  /** Sends everything that is due and comes back for the rest. */
  #pace(startedAt: number, perMs: number): void {
    if (!this.#pacing) return;
    const now = performance.now();
    let dueAt = startedAt + this.#due / perMs;
    while (dueAt <= now) {
      this.#dispatch(dueAt);
      dueAt = startedAt + ++this.#due / perMs;
    }
    // Timers count whole milliseconds: the last one before a request is due is spent polling.
    if (dueAt - now > 2) setTimeout(() => this.#pace(startedAt, perMs), dueAt - now - 1);
    else setImmediate(() => this.#pace(startedAt, perMs));
  }

  #dispatch(dueAt: number): void {
    const connection = this.#idle.pop();
    if (connection !== undefined) connection.send(dueAt);
    else if (this.#connections.size < maxConnections) this.#open(dueAt);
    else this.#waiting.push(dueAt);
  }

  #dispatchWaiting(): void {
    const dueAt = this.#waiting[this.#waitingFrom];
    if (dueAt === undefined) return;
    this.#waitingFrom++;
    this.#dispatch(dueAt);
  }

  #sweep(): void {
    const limit = performance.now() - this.#job.answerLimitMs;
    const reason = `no answer in ${this.#job.answerLimitMs} ms`;
    for (const connection of this.#connections) {
      if (connection.busy && connection.dueAt < limit) connection.abandon(reason);
    }
    let dueAt = this.#waiting[this.#waitingFrom];
    while (dueAt !== undefined && dueAt < limit) {
      this.#count(dueAt, reason);
      dueAt = this.#waiting[++this.#waitingFrom];
    }
    this.#waiting = this.#waiting.slice(this.#waitingFrom);
    this.#waitingFrom = 0;
    this.#waitingForLast?.();
  }

  async #lastAnswers(): Promise<void> {
    const anyLeft = (): boolean =>
      this.#waitingFrom < this.#waiting.length || [...this.#connections].some((connection) => connection.busy);
    while (anyLeft()) await new Promise<void>((resolve) => (this.#waitingForLast = resolve));
  }
}

function readCpu(watch: LoadJob['watch']): Map<string, CpuTime> {
  return new Map(Object.entries(watch).map(([name, pids]) => [name, cpuTime(pids)]));
}
