import { randomUUID } from 'node:crypto';
import { link, open, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readBoundedFile, UnreadableFileError } from '../../files/bounded-file.ts';
import { hasEnded, largestHolder, parseHolder, thisProcess, type LockHolder } from './lock-holder.ts';
import { codeOf } from './atomic-file.ts';

/** No reader of a ring looks at it. */
export const lockName = '.poolhouse-dp.lock';

/** Milliseconds. */
export interface LockTiming {
  /** A lock older than that was left behind. */
  readonly stale: number;
  /** After that the work is done without the lock. */
  readonly patience: number;
  readonly pause: number;
}

const usualTiming: LockTiming = { stale: 30_000, patience: 5_000, pause: 50 };

/**
 * Runs `work` while no other process that shares the directory does. The lock is advice: it spares a ring the second of
 * two keys made at once, which would do no harm. So where it cannot be had, the work is done without it.
 */
export async function withDirectoryLock<T>(
  directory: string,
  work: () => Promise<T>,
  timing: LockTiming = usualTiming,
): Promise<T> {
  const path = join(directory, lockName);
  const holder = await thisProcess(randomUUID());
  const held = await acquire(path, holder, timing);
  try {
    return await work();
  } finally {
    if (held) await release(path, holder);
  }
}

async function acquire(path: string, holder: LockHolder, { stale, patience, pause }: LockTiming): Promise<boolean> {
  const end = performance.now() + patience;
  for (;;) {
    try {
      await create(path, holder);
      return true;
    } catch (error) {
      // A directory that cannot be written to: storing will tell.
      if (codeOf(error) !== 'EEXIST') return false;
    }
    if (await removeLeftBehind(path, holder, stale)) continue;
    if (performance.now() >= end) return false;
    await sleep(pause);
  }
}

async function create(path: string, holder: LockHolder): Promise<void> {
  const handle = await open(path, 'wx', 0o644);
  try {
    await handle.writeFile(JSON.stringify(holder));
  } finally {
    await handle.close();
  }
}

/** True when the lock is gone. */
async function removeLeftBehind(path: string, here: LockHolder, stale: number): Promise<boolean> {
  try {
    const { ino, mtimeMs } = await stat(path);
    const holder = await holderOf(path);
    const ended = holder !== undefined && hasEnded(holder, here);
    if (!ended && Date.now() - mtimeMs < stale) return false;
    // Another process may judge the same: only the file that was judged may go, not the one that the other then makes.
    const aside = `${path}.${here.token}`;
    await rename(path, aside);
    const moved = await stat(aside);
    // Numbers of files are given anew at once, times of change are not.
    if (moved.ino !== ino || moved.mtimeMs !== mtimeMs) await link(aside, path).catch(() => undefined);
    await unlink(aside);
    return true;
  } catch (error) {
    return codeOf(error) === 'ENOENT';
  }
}

async function release(path: string, holder: LockHolder): Promise<void> {
  try {
    if ((await holderOf(path))?.token === holder.token) await unlink(path);
  } catch {
    // Left behind it is taken away after a while.
  }
}

/** Undefined for what no holder wrote. */
async function holderOf(path: string): Promise<LockHolder | undefined> {
  try {
    return parseHolder((await readBoundedFile(path, largestHolder)).toString('utf8'));
  } catch (error) {
    if (error instanceof UnreadableFileError) return undefined;
    throw error;
  }
}
