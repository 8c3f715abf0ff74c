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

  /**
   * Copies the file aside and empties it when it has grown too large; a line written meanwhile may be lost.
   * Where there is no room for a copy the file is emptied all the same: output must not fill the disk.
   */
  rotateIfLarge(): void {
    if (this.size() < rotateAtBytes) return;
    for (let piece = olderPieces - 1; piece >= 1; piece -= 1)
      quietly(() => renameSync(`${this.path}.${piece}`, `${this.path}.${piece + 1}`));
    // By descriptor: somebody may have moved or removed the file, and processes still write to it.
    quietly(() => copyFileSync(`/proc/self/fd/${this.fd}`, `${this.path}.1`));
    ftruncateSync(this.fd);
  }

  close(): void {
    closeSync(this.fd);
  }
}

function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // A piece that is not there yet, or a full disk: the next step matters more.
  }
}
