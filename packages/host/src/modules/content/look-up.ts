import { constants } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { meaningOf } from './file-error.ts';
import { isWithin, openedPath } from './opened-path.ts';
import type { Place } from './place.ts';
import { denied, missing } from './resource.ts';
import type { FileResource, Resource } from './resource.ts';
import { unservedSubStatus } from './served-names.ts';

/** Files up to this size are read when they are looked up, and answered in one write. Bytes. */
export const smallFileBytes = 64 * 1024;

/** What a look-up found, with what an event should say about it. */
export interface LookUp {
  readonly resource: Resource;
  /** The folder or file that may not be read. */
  readonly deniedPath?: string;
  /** Where a link led that leaves the root. */
  readonly leadsTo?: string;
}

/**
 * Opens what stands at a place and asks the kernel where it really is, so that no link, not even one that is
 * swapped in meanwhile, leads out of the root. Rejects only when the file system fails.
 */
export async function lookUp(root: string, names: readonly string[]): Promise<LookUp> {
  const first = await attempt(root, names);
  // A deployment that swaps the root itself between two calls looks like a link that leads out: once.
  return first.leadsTo === undefined ? first : attempt(root, names);
}

async function attempt(root: string, names: readonly string[]): Promise<LookUp> {
  const path = join(root, names);
  let handle: FileHandle;
  try {
    // Not blocking, so that a named pipe cannot hold the request.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    const meaning = meaningOf(error);
    if (meaning === 'failed') throw error;
    return meaning === 'missing'
      ? { resource: missing }
      : { resource: denied, deniedPath: await deniedPath(root, names) };
  }
  try {
    const [real, realRoot] = await Promise.all([openedPath(handle.fd), realpath(root)]);
    if (!isWithin(real, realRoot)) return { resource: missing, leadsTo: real };
    // A link inside the root may still lead to a name that is never served.
    const inside = real
      .slice(realRoot.length)
      .split('/')
      .filter((name) => name !== '');
    if (unservedSubStatus(inside) !== undefined) return { resource: missing };
    return { resource: await describe(handle, real) };
  } finally {
    await handle.close();
  }
}

async function describe(handle: FileHandle, path: string): Promise<Resource> {
  const stat = await handle.stat({ bigint: true });
  if (stat.isDirectory()) return { kind: 'directory', path };
  if (!stat.isFile()) return missing;
  const size = Number(stat.size);
  const file = { kind: 'file', path, size, mtimeNs: stat.mtimeNs, identity: `${stat.dev}:${stat.ino}` } as const;
  return { ...file, content: size <= smallFileBytes ? await readSmall(handle, size) : undefined };
}

/** Undefined when the file is being truncated: it is then read as a large one, which notices. */
async function readSmall(handle: FileHandle, size: number): Promise<Uint8Array | undefined> {
  const content = Buffer.allocUnsafeSlow(size);
  for (let position = 0; position < size;) {
    const { bytesRead } = await handle.read(content, position, size - position, position);
    if (bytesRead === 0) return undefined;
    position += bytesRead;
  }
  return content;
}

/** Opens a file that was looked up before; undefined when it is no longer the same. */
export async function openAgain(file: FileResource): Promise<FileHandle | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(file.path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    if (meaningOf(error) === 'failed') throw error;
    return undefined;
  }
  try {
    const stat = await handle.stat({ bigint: true });
    const same =
      `${stat.dev}:${stat.ino}` === file.identity && stat.mtimeNs === file.mtimeNs && Number(stat.size) === file.size;
    if (same) return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
}

/** The first folder on the way that may not be searched, else the file itself. */
async function deniedPath(root: string, names: readonly string[]): Promise<string> {
  for (let depth = 0; depth < names.length; depth += 1) {
    const folder = join(root, names.slice(0, depth));
    try {
      // Needs the right to search the folder, as the look-up did; access(2) would ask for the real user.
      await lstat(`${folder}/.`);
    } catch {
      return folder;
    }
  }
  return join(root, names);
}

/** Path of a place; `root` may be `/` or end in a slash. */
export function join(root: string, names: Place['names']): string {
  const base = root.endsWith('/') ? root.slice(0, -1) : root;
  return names.length === 0 ? root : `${base}/${names.join('/')}`;
}
