import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { OutputFile } from './operations.ts';
import { OutputReader } from './output-reader.ts';

export interface LogStreamOptions {
  readonly pool: string;
  /** The files as they are now; undefined when the pool is gone, which ends the stream. */
  readonly files: () => readonly OutputFile[] | undefined;
  /** Lines of each file to begin with. */
  readonly tail: number;
  /** Whether to go on with what is appended, also by processes that start later. */
  readonly follow: boolean;
  /** Aborted when the client is gone or the server closes. */
  readonly signal: AbortSignal;
  /** Milliseconds between two looks at the files. Default 250. */
  readonly pollMs?: number;
}

/** One line of an application's output, as the API sends it: one JSON object per line. */
export interface OutputLine {
  readonly pool: string;
  readonly slot: number;
  readonly application?: string;
  readonly line: string;
}

/** Writes what a pool's processes wrote to stdout and stderr, with back-pressure. */
export async function streamOutput(response: ServerResponse, options: LogStreamOptions): Promise<void> {
  const { files, tail, follow, signal, pollMs = 250 } = options;
  const readers = new Map<string, OutputReader>();
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });

  async function write(file: OutputFile, lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const text = lines.map((line) => `${JSON.stringify(outputLine(options.pool, file, line))}\n`).join('');
    if (!response.write(text)) await once(response, 'drain', { signal });
  }

  async function begin(file: OutputFile): Promise<void> {
    const reader = new OutputReader(file.path);
    readers.set(file.path, reader);
    await write(file, await reader.last(tail));
    if (!follow) await write(file, reader.takeRest());
  }

  async function goOn(file: OutputFile): Promise<void> {
    let reader = readers.get(file.path);
    if (reader === undefined) readers.set(file.path, (reader = new OutputReader(file.path)));
    for (let lines = await reader.appended(); lines.length > 0; lines = await reader.appended()) {
      await write(file, lines);
    }
  }

  try {
    for (const file of files() ?? []) await begin(file);
    response.flushHeaders();
    while (follow) {
      await wait(pollMs, undefined, { signal });
      const now = files();
      if (now === undefined) break;
      for (const file of now) await goOn(file);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    response.end();
  }
}

function outputLine(pool: string, { slot, application }: OutputFile, line: string): OutputLine {
  return application === undefined ? { pool, slot, line } : { pool, slot, application, line };
}
