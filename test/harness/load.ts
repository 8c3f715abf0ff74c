import { setTimeout as delay } from 'node:timers/promises';

import { Connection, ConnectionFailure } from './client/connection.ts';
import { formatRequest, type RequestOptions, type Target } from './client/request.ts';
import type { Response } from './client/response.ts';

export interface LoadOptions {
  /** Requests begun per second, however long each takes: a host that stalls does not lighten its load. */
  readonly perSecond: number;
  readonly target: Target;
  readonly request?: RequestOptions;
  /** `new`: a connection per request. `keep-alive`: an idle one when there is one. */
  readonly connections: 'new' | 'keep-alive';
  /** Returns what is wrong with a response whose status is below 500. */
  readonly check?: (response: Response) => string | undefined;
}

/** `slow`: no whole response within 5 s. `status`: 500 or above. `check`: the wrong content. */
export type LoadFailure = 'connect' | 'reset' | 'truncated' | 'closed' | 'status' | 'slow' | 'check';

export interface LoadReport {
  readonly sent: number;
  readonly succeeded: number;
  readonly failures: Partial<Record<LoadFailure, number>>;
  /** The first few failures in words. */
  readonly samples: readonly string[];
}

export interface Load {
  /** So far. */
  readonly report: LoadReport;
  /** Begins no more, waits for those under way, closes every connection. */
  stop(): Promise<LoadReport>;
}

const patienceMs = 5_000;

/** Sends requests at a constant rate until stopped. */
export function startLoad(options: LoadOptions): Load {
  const failures: Partial<Record<LoadFailure, number>> = {};
  const samples: string[] = [];
  const idle: Connection[] = [];
  const underWay = new Set<Promise<void>>();
  const bytes = formatRequest(options.target, options.request);
  let sent = 0;
  let succeeded = 0;
  let stopping = false;

  const fail = (kind: LoadFailure, detail: string): void => {
    failures[kind] = (failures[kind] ?? 0) + 1;
    if (samples.length < 5) samples.push(`${kind}: ${detail}`);
  };

  const one = async (): Promise<void> => {
    let connection: Connection | undefined;
    try {
      connection = idle.pop();
      const reused = connection !== undefined;
      connection ??= await Connection.connect(options.target);
      connection.write(bytes);
      const response = await connection.response(options.request?.method, patienceMs);
      const wrong = response.status >= 500 ? undefined : options.check?.(response);
      if (response.status >= 500) fail('status', `${response.status} ${response.text().slice(0, 200)}`);
      else if (wrong !== undefined) fail('check', wrong);
      else succeeded += 1;
      // The host may end a connection only after it said so.
      const mayEnd = response.header('connection')?.toLowerCase() === 'close';
      if (options.connections === 'new' || mayEnd || stopping) connection.close();
      else idle.push(connection);
      if (reused && mayEnd) fail('closed', 'a kept-alive connection was closed by the host');
    } catch (error) {
      connection?.close();
      const kind = error instanceof ConnectionFailure ? error.kind : 'check';
      const late = kind === 'closed' && (error as Error).message.startsWith('no response within');
      fail(late ? 'slow' : kind, (error as Error).message);
    }
  };

  const begin = (): void => {
    sent += 1;
    const done = one().finally(() => underWay.delete(done));
    underWay.add(done);
  };

  const pace = (async () => {
    const start = performance.now();
    let due = 0;
    while (!stopping) {
      const now = Math.floor(((performance.now() - start) / 1_000) * options.perSecond);
      for (; due < now; due += 1) begin();
      await delay(5);
    }
  })();

  const report = (): LoadReport => ({ sent, succeeded, failures, samples });
  return {
    get report() {
      return report();
    },
    async stop() {
      stopping = true;
      await pace;
      await Promise.all(underWay);
      for (const connection of idle) connection.close();
      return report();
    },
  };
}
