import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';

/** Writes one line (without its line break); never throws and never waits for a reader. */
export type LineWriter = (line: string) => void;

/** Bytes that may wait for a slow reader of the stream before lines are dropped and counted. */
const backlogLimit = 1024 * 1024;

/**
 * Lines to a stream that another program may read slowly, or stop reading: beyond the backlog lines are
 * dropped, and their number is written when the reader catches up; a closed pipe ends the writing.
 */
export function streamLines(stream: Writable): LineWriter {
  let dropped = 0;
  let ended = false;
  stream.on('error', () => (ended = true));
  return (line) => {
    if (ended || stream.destroyed) return;
    if (stream.writableLength > backlogLimit) {
      dropped += 1;
      return;
    }
    if (dropped > 0) {
      stream.write(`(${dropped} lines were dropped here: the reader of this log is too slow)\n`);
      dropped = 0;
    }
    stream.write(`${line}\n`);
  };
}

export interface RotationOptions {
  /** Size at which the file becomes `.1`. Default 10 MiB. */
  readonly maxBytes?: number;
  /** Old files kept. Default 3. */
  readonly keep?: number;
}

/** Lines to a file of our own (mode 0640), rotated: `poolhouse.log`, `poolhouse.log.1` (newest) to `.3`. */
export function rotatingFileLines(path: string, options: RotationOptions = {}): LineWriter {
  const { maxBytes = 10 * 1024 * 1024, keep = 3 } = options;
  let descriptor = openSync(path, 'a', 0o640);
  let size = fstatSync(descriptor).size;

  function rotate(): void {
    // The open descriptor stays valid until the new file exists: a failure on the way loses nothing.
    for (let number = keep; number >= 1; number -= 1) {
      renameIfThere(number === 1 ? path : `${path}.${number - 1}`, `${path}.${number}`);
    }
    const old = descriptor;
    descriptor = openSync(path, 'a', 0o640);
    closeSync(old);
    size = 0;
  }

  return (line) => {
    try {
      if (size >= maxBytes) rotate();
      size += writeSync(descriptor, `${line}\n`);
    } catch {
      // A full disk loses log lines; it must not stop the pools.
    }
  };
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
