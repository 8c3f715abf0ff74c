import { readFile, readlink } from 'node:fs/promises';

/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number;
  /** The machine since its start, and the namespace in which the pid means this process: containers share the former. */
  readonly boot: string;
  /** Tells two locks of one process apart. */
  readonly token: string;
}

/** Largest lock file that is looked at, in bytes. */
export const largestHolder = 1000;

export async function thisProcess(token: string): Promise<LockHolder> {
  const [boot, namespace] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => 'unknown'),
    readlink('/proc/self/ns/pid').catch(() => 'unknown'),
  ]);
  return { pid: process.pid, boot: `${boot.trim()} ${namespace}`, token };
}

/** Undefined for what no holder wrote, or has not finished writing. */
export function parseHolder(text: string): LockHolder | undefined {
  try {
    const { pid, boot, token } = JSON.parse(text) as Partial<Record<keyof LockHolder, unknown>>;
    return Number.isSafeInteger(pid) && typeof boot === 'string' && typeof token === 'string'
      ? { pid: pid as number, boot, token }
      : undefined;
  } catch {
    return undefined;
  }
}

/** True only when it is certain: the holder was a process of this machine, and is no more. */
export function hasEnded(holder: LockHolder, here: LockHolder): boolean {
  if (holder.boot !== here.boot || holder.boot.includes('unknown') || holder.pid <= 0) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
