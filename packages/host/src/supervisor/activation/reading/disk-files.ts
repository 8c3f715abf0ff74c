import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FileProblem, type FileContent, type FileReader } from './file-reader.ts';

export interface DiskFilesOptions {
  /**
   * Read only what root alone can have written: the file and every folder above it belong to root and nobody
   * else may write there. For a process that is root, because a link or a file of another user must not make it
   * read something for them.
   */
  readonly ownedByRoot: boolean;
  /**
   * Follow a link to a file only when its owner owns the file too, or is root. For a process that may read the files
   * of several users: whoever may write in one folder must not make it read another's file for him. Default false.
   */
  readonly onlyOwnLinks?: boolean;
}

/** Largest file read, in bytes; the parser has the same limit and says so. */
const readLimit = 8 * 1024 * 1024 + 1;

/** The file system of this process. */
export function diskFiles({ ownedByRoot, onlyOwnLinks = false }: DiskFilesOptions): FileReader {
  const resolve = async (path: string): Promise<string | undefined> => {
    const real = await unlessMissing(() => realpath(path), path);
    if (real !== undefined && ownedByRoot) await requireOwnership(real, path);
    return real;
  };
  return {
    async read(path, within) {
      const real = await resolve(path);
      if (real === undefined) return undefined;
      if (within !== undefined) {
        const folder = await unlessMissing(() => realpath(within), within);
        if (folder === undefined || !real.startsWith(folder === '/' ? '/' : `${folder}/`)) {
          throw new FileProblem(`${path} leads to ${real}, which is outside ${within}.`);
        }
      }
      if (within === undefined && onlyOwnLinks) await requireOwnLink(path, real);
      return unlessMissing(() => readRegular(real, path), path);
    },
    async stamp(path) {
      const found = await unlessMissing(() => stat(path, { bigint: true }), path);
      return found?.isFile() === true ? stampOf(found) : undefined;
    },
    async list(folder) {
      const real = await resolve(folder);
      if (real === undefined) return undefined;
      const entries = await unlessMissing(() => readdir(real, { withFileTypes: true }), folder);
      return entries?.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
    },
  };
}

async function readRegular(real: string, path: string): Promise<FileContent> {
  // Not blocking: opening a pipe that nobody writes to would wait for ever.
  const handle = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const found = await handle.stat({ bigint: true });
    if (!found.isFile()) throw new FileProblem(`${path} is not a file.`);
    const bytes = new Uint8Array(Math.min(Number(found.size), readLimit));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return { bytes: bytes.subarray(0, filled), stamp: stampOf(found) };
  } finally {
    await handle.close();
  }
}

/** Every way of writing, replacing or touching a file changes one of these. */
function stampOf({ dev, ino, size, mtimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs].join('.');
}

/** Group and others may not write; in a folder they may, if only owners can rename and delete (sticky). */
async function requireOwnership(real: string, path: string): Promise<void> {
  for (let place = real; ; place = dirname(place)) {
    const { uid, mode } = await lstat(place);
    const sticky = place !== real && (mode & constants.S_IFMT) === constants.S_IFDIR && (mode & 0o1000) !== 0;
    if (uid !== 0 || ((mode & 0o022) !== 0 && !sticky)) {
      const whose = uid === 0 ? 'others than root may write to it' : `it belongs to user ${uid}`;
      throw new FileProblem(
        `${path} is not read as root, because ${place === path ? whose : `${whose} (${place})`}: ` +
          'let root own it, or let Poolhouse run without root.',
      );
    }
    if (place === '/') return;
  }
}

async function requireOwnLink(path: string, real: string): Promise<void> {
  const owners = await unlessMissing(async () => [await lstat(path), await lstat(real)] as const, path);
  if (owners === undefined) return;
  const [link, target] = owners;
  if (!link.isSymbolicLink() || link.uid === 0 || link.uid === target.uid) return;
  throw new FileProblem(
    `${path} is a link of user ${link.uid} to ${real}, which belongs to user ${target.uid}: put a file in its place, or ` +
      'let one user own both.',
  );
}

async function unlessMissing<Result>(action: () => Promise<Result>, path: string): Promise<Result | undefined> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof FileProblem) throw error;
    switch ((error as NodeJS.ErrnoException).code) {
      case 'ENOENT':
      case 'ENOTDIR':
        return undefined;
      case 'EACCES':
      case 'EPERM':
        throw new FileProblem(
          `${path} may not be read by user ${process.geteuid?.() ?? 'of this process'}: give it the right to (and x on the folders above).`,
        );
      case 'ELOOP':
        throw new FileProblem(`${path} is a link that leads nowhere.`);
      default:
        throw new FileProblem(`${path} cannot be read: ${(error as Error).message}.`);
    }
  }
}
