import { randomUUID } from 'node:crypto';
import { access, link, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The calls of which a disk may refuse any. */
export interface FileCalls {
  readonly open: typeof open;
  readonly link: typeof link;
  readonly access: typeof access;
  readonly rename: typeof rename;
  readonly unlink: typeof unlink;
}

export const systemCalls: FileCalls = { open, link, access, rename, unlink };

/** What file systems without hard links answer, or with, for this one file, no more of them. */
const noHardLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL']);
/** What file systems answer on which a directory cannot be flushed. */
const noFlush = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EPERM', 'EACCES', 'EBADF', 'EISDIR']);

/**
 * Creates a file that is there whole or not at all, also when the machine loses power meanwhile:
 *
 *   1. write a temporary file beside it, which no reader of a ring looks at, and flush it
 *   2. give it the final name by a hard link, which fails where that name is taken
 *   3. flush the directory, and remove the temporary name whatever happened
 *
 * @param mode exactly this, whatever the process's umask is
 * @throws the system's error; `EEXIST` when there is such a file, which then stays as it is
 */
export async function createWholeFile(path: string, content: string, mode: number, calls = systemCalls): Promise<void> {
  const directory = dirname(path);
  const temporary = join(directory, `${randomUUID()}.tmp`);
  try {
    await writeFlushed(temporary, content, mode, calls);
    await giveName(temporary, path, calls);
  } finally {
    // After a rename it is gone already; after a failure what matters is that failure.
    await calls.unlink(temporary).catch(() => undefined);
  }
  await flushDirectory(directory, calls);
}

/** Makes what was created and removed in a directory last. */
export async function flushDirectory(directory: string, calls: Pick<FileCalls, 'open'> = systemCalls): Promise<void> {
  try {
    const handle = await calls.open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!noFlush.has(codeOf(error))) throw error;
  }
}

async function writeFlushed(path: string, content: string, mode: number, calls: FileCalls): Promise<void> {
  const handle = await calls.open(path, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    if (mode !== 0o600) await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function giveName(temporary: string, path: string, calls: FileCalls): Promise<void> {
  try {
    await calls.link(temporary, path);
    return;
  } catch (error) {
    if (!noHardLinks.has(codeOf(error))) throw error;
  }
  // Names of elements are made from fresh GUIDs and instants: nobody takes this one between the two calls.
  if (await exists(path, calls)) throw taken(path);
  await calls.rename(temporary, path);
}

function exists(path: string, calls: FileCalls): Promise<boolean> {
  return calls.access(path).then(
    () => true,
    (error: unknown) => codeOf(error) !== 'ENOENT',
  );
}

function taken(path: string): Error {
  return Object.assign(new Error(`EEXIST: file already exists, '${basename(path)}'`), { code: 'EEXIST', path });
}

export function codeOf(error: unknown): string {
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? '') : '';
}
