import { closeSync, copyFileSync, fstatSync, ftruncateSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';

/** Rotation limits of an application's output: 10 MiB, and three older pieces. */
const rotateAtBytes = 10 * 1024 * 1024;
const olderPieces = 3;

/**
 * The file that stdout and stderr of a slot go to, straight from the process. It is opened in append mode,
 * so that processes of two generations may share it and truncation works while they write.
 */
export class OutputFile {
  readonly path: string;
  readonly fd: number;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
    this.path = path;
    this.fd = openSync(path, 'a+', 0o640);
  }

  /** Bytes now in the file: where the output of a process that is about to start will begin. */
  size(): number {
    return fstatSync(this.fd).size;
  }

  /** Copies the file aside and empties it when it has grown too large; a line written meanwhile may be lost. */
  rotateIfLarge(): void {
    if (this.size() < rotateAtBytes) return;
    for (let piece = olderPieces - 1; piece >= 1; piece -= 1)
      renameQuietly(`${this.path}.${piece}`, `${this.path}.${piece + 1}`);
    copyFileSync(this.path, `${this.path}.1`);
    ftruncateSync(this.fd);
  }

  close(): void {
    closeSync(this.fd);
  }
}

function renameQuietly(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
