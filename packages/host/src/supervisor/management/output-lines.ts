import { setTimeout as wait } from 'node:timers/promises';
import type { OutputFile } from './operations.ts';
import { withoutSecrets } from '../without-secrets.ts';
import { OutputReader } from './output-reader.ts';

/** One line that a process of a pool wrote to stdout or stderr. */
export interface OutputLine {
  readonly pool: string;
  readonly slot: number;
  readonly application?: string;
  readonly line: string;
}

export interface OutputLinesOptions {
  readonly pool: string;
  /** The files as they are now; undefined when the pool is gone, which ends the lines. */
  readonly files: () => readonly OutputFile[] | undefined;
  /** Where to begin in the files there are: so many lines before their end, or at a place of each in bytes. */
  readonly begin: { readonly tail: number } | { readonly at: (path: string) => number };
  /** Whether to go on with what is appended, also by processes that start later. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Milliseconds between two looks at the files. Default 250. */
  readonly pollMs?: number;
}

/**
 * What a pool's processes wrote, in batches, as fast as they are taken: nothing is read ahead.
 *
 * @throws the signal's reason when it aborts
 */
export async function* outputLines(options: OutputLinesOptions): AsyncGenerator<readonly OutputLine[]> {
  const { pool, files, begin, follow, signal, pollMs = 250 } = options;
  const readers = new Map<string, OutputReader>();
  const labelled = ({ slot, application, secrets = [] }: OutputFile, lines: readonly string[]): readonly OutputLine[] =>
    lines.map((text) => {
      const line = withoutSecrets(text, secrets);
      return application === undefined ? { pool, slot, line } : { pool, slot, application, line };
    });

  if ('tail' in begin) {
    for (const file of files() ?? []) {
      const reader = new OutputReader(file.path);
      readers.set(file.path, reader);
      yield labelled(file, await reader.last(begin.tail));
      if (!follow) yield labelled(file, reader.takeRest());
    }
  }
  while (follow) {
    const now = files();
    if (now === undefined) return;
    for (const file of now) {
      const reader = readers.get(file.path) ?? new OutputReader(file.path, 'at' in begin ? begin.at(file.path) : 0);
      readers.set(file.path, reader);
      for (let lines = await reader.appended(); lines.length > 0; lines = await reader.appended()) {
        yield labelled(file, lines);
      }
    }
    await wait(pollMs, undefined, { signal });
  }
}
