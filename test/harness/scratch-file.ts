import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

/**
 * A path in a new folder for what a fixture writes or waits for; gone after the test. Any user may write there,
 * since a pool may run as one of its own.
 */
export function scratchFile(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'poolhouse-scratch-'));
  chmodSync(folder, 0o777);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, name);
}

/** Lines of a file, without the last empty one; none when it does not exist. */
export function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}

/** Lines of a file, each read as JSON. */
export function recordsOf<T>(file: string): T[] {
  return linesOf(file).map((line) => JSON.parse(line) as T);
}
