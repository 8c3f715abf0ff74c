import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { outputLines } from '../../supervisor/management/index.ts';
import type { SupervisorOperations } from '../../supervisor/management/index.ts';
import { outputLineWriter } from '../output-lines.ts';
import type { Output } from '../output.ts';

/** Where in each output file this run begins; the files of earlier runs are kept. */
export type OutputBegins = (path: string) => number;

/** Remembers how large the files of a log folder are now. */
export function endOfEarlierOutput(logFolder: string): OutputBegins {
  const sizes = new Map<string, number>();
  try {
    for (const name of readdirSync(logFolder)) sizes.set(join(logFolder, name), statSync(join(logFolder, name)).size);
  } catch {
    // No folder yet: everything is new.
  }
  return (path) => sizes.get(path) ?? 0;
}

/** Writes what the processes of a pool write, until the signal aborts. */
export async function showOutput(
  pool: string,
  operations: SupervisorOperations,
  at: OutputBegins,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const show = outputLineWriter(output);
  const files = () => operations.outputFiles(pool);
  try {
    for await (const lines of outputLines({ pool, files, begin: { at }, follow: true, signal, pollMs: 100 })) {
      for (const line of lines) show(line);
    }
  } catch (error) {
    if (!signal.aborted) output.say(`the output of ${pool} cannot be shown: ${String(error)}`);
  }
}
