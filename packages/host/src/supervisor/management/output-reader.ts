import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** Longest line, bytes; a longer one is passed on in pieces. */
const lineLimit = 64 * 1024;
/** Bytes taken from a file at a time, and looked back over for the last lines. */
const chunkBytes = 256 * 1024;
const lookBackBytes = 1024 * 1024;

/**
 * Reads one output file: its last lines first, then what is appended, through rotations. A rotation copies
 * the file to `.1` and truncates it, or renames it; either way the unread rest is in `.1`, at the same place.
 */
export class OutputReader {
  readonly #path: string;
  #position: number;
  #inode: bigint | undefined;
  /** Beginning of a line whose end has not been written yet. */
  #rest: Buffer = Buffer.alloc(0);

  /** @param position byte at which `appended` begins; `last` begins at the end instead */
  constructor(path: string, position = 0) {
    this.#path = path;
    this.#position = position;
  }

  /** The last `count` lines, also from the newest rotated file when the current one has fewer. Call it once, first. */
  async last(count: number): Promise<readonly string[]> {
    const current = await this.#tail(this.#path, count);
    if (current === undefined) return [];
    this.#position = current.size;
    this.#inode = current.inode;
    this.#rest = current.rest;
    const missing = count - current.lines.length;
    const rotated = missing > 0 && current.whole ? await this.#tail(`${this.#path}.1`, missing) : undefined;
    return [...(rotated?.lines ?? []), ...current.lines];
  }

  /** Complete lines appended since the last call, at most one chunk of them; empty when there are none. */
  async appended(): Promise<readonly string[]> {
    const file = await openRegular(this.#path);
    if (file === undefined) return [];
    try {
      const { size, ino } = await file.stat({ bigint: true });
      const position = this.#position;
      if (size < position || (this.#inode !== undefined && ino !== this.#inode)) {
        const remaining = await this.#remainder(position);
        this.#position = 0;
        this.#inode = ino;
        return this.#split(remaining);
      }
      this.#inode = ino;
      const bytes = await readAt(file, position, Math.min(chunkBytes, Number(size) - position));
      this.#position = position + bytes.length;
      return this.#split(bytes);
    } finally {
      await file.close();
    }
  }

  /** The begun line, for a caller that will not read on. */
  takeRest(): readonly string[] {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    return rest.length === 0 ? [] : [rest.toString()];
  }

  /** What the rotated file holds behind the place we had reached; bounded, as everything read at once. */
  async #remainder(position: number): Promise<Buffer> {
    const file = await openRegular(`${this.#path}.1`);
    if (file === undefined) return Buffer.alloc(0);
    try {
      const { size } = await file.stat();
      return await readAt(file, position, Math.min(lookBackBytes, Math.max(0, size - position)));
    } finally {
      await file.close();
    }
  }

  #split(bytes: Buffer): string[] {
    const { lines, rest } = splitLines(this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]));
    this.#rest = rest;
    return lines;
  }

  async #tail(path: string, count: number) {
    const file = await openRegular(path);
    if (file === undefined) return undefined;
    try {
      const { size, ino } = await file.stat({ bigint: true });
      const start = Math.max(0, Number(size) - lookBackBytes);
      const bytes = await readAt(file, start, Number(size) - start);
      const { lines, rest } = splitLines(bytes);
      // The first line of a part of a file is the end of one.
      const whole = start === 0 ? lines : lines.slice(1);
      return {
        lines: count === 0 ? [] : whole.slice(-count),
        rest,
        size: start + bytes.length,
        inode: ino,
        whole: start === 0,
      };
    } finally {
      await file.close();
    }
  }
}

function splitLines(bytes: Buffer): { lines: string[]; rest: Buffer } {
  const lines: string[] = [];
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(10, start);
    if (newline === -1 && bytes.length - start <= lineLimit) break;
    const end = newline === -1 ? start + lineLimit : Math.min(newline, start + lineLimit);
    const withoutReturn = end === newline && bytes[end - 1] === 13 && end > start ? end - 1 : end;
    lines.push(bytes.toString('utf8', start, withoutReturn));
    start = end === newline ? end + 1 : end;
  }
  return { lines, rest: Buffer.from(bytes.subarray(start)) };
}

/**
 * Opens a file for reading without ever waiting or following a link: the reader may be root. Undefined when
 * it is not there or is no regular file.
 */
async function openRegular(path: string): Promise<FileHandle | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENXIO') return undefined;
    throw error;
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  return undefined;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
