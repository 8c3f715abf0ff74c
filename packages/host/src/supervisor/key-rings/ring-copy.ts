import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { elementName, type RingElement } from './keeper-job.ts';

/** Says which ring a copy is of: the fingerprint of its place. */
const markFile = '.place';

/** Who reads a copy: a group of the pool's own, or the supervisor's user where pools have none. */
export interface CopyReader {
  readonly gid: number | undefined;
}

/**
 * Makes a pool's folder what the ring is. The folder lies in the run folder, which is memory where systemd made it, and
 * belongs to the supervisor: nobody else can put anything there, so root may write in it.
 *
 *   1. the folder, for the pool's group alone
 *   2. elements that are new or other than before, each in one step; revocations come first
 *   3. what the ring no longer has goes
 */
export function writeRingCopy(
  folder: string,
  elements: readonly RingElement[],
  reader: CopyReader,
  place: string,
): void {
  makeCopyFolder(folder, reader);
  const isOfPlace = textOf(join(folder, markFile)) === markOf(place);
  // A key never changes: one that can no longer be opened stays as it was when it could.
  const kept = ({ name, closed }: RingElement): string | undefined =>
    closed === true && isOfPlace ? textOf(join(folder, fileOf(name))) : undefined;
  const wanted = new Map([
    ...elements.map((element) => [fileOf(element.name), kept(element) ?? element.text] as const),
    [markFile, markOf(place)],
  ]);
  for (const [file, text] of wanted) {
    const path = join(folder, file);
    if (textOf(path) !== text || !isReadableBy(path, reader)) writeWhole(path, text, reader);
  }
  for (const file of readdirSync(folder)) {
    if (!wanted.has(file)) rmSync(join(folder, file), { force: true, recursive: true });
  }
}

/** Whether there are keys of this ring: those of another, which the pool had before, do not count. */
export function hasKeysOf(folder: string, place: string): boolean {
  try {
    const isOfPlace = textOf(join(folder, markFile)) === markOf(place);
    return isOfPlace && readdirSync(folder).some((file) => file.startsWith('key-'));
  } catch {
    return false;
  }
}

/** Nothing may be readable between being made and being given to the reader. */
export function makeCopyFolder(folder: string, { gid }: CopyReader): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!lstatSync(folder).isDirectory()) throw new Error(`${folder} must be a folder, and not a link to one`);
  if (gid !== undefined) chownSync(folder, 0, gid);
  chmodSync(folder, gid === undefined ? 0o700 : 0o750);
}

function markOf(place: string): string {
  return createHash('sha256').update(place).digest('hex');
}

function fileOf(name: string): string {
  if (!elementName.test(name)) throw new Error('an element of a ring has a name that no file may have');
  return `${name}.xml`;
}

function writeWhole(path: string, text: string, { gid }: CopyReader): void {
  const temporary = `${path}.tmp`;
  rmSync(temporary, { force: true });
  const fd = openSync(temporary, 'wx', 0o600);
  try {
    writeFileSync(fd, text);
  } finally {
    closeSync(fd);
  }
  if (gid !== undefined) {
    chownSync(temporary, 0, gid);
    chmodSync(temporary, 0o640);
  }
  renameSync(temporary, path);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The group of a pool changes with its identity. */
function isReadableBy(path: string, { gid }: CopyReader): boolean {
  const found = lstatSync(path);
  return gid === undefined || (found.gid === gid && (found.mode & 0o777) === 0o640);
}
