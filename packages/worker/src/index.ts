/**
 * The half of this package that the host uses. What runs inside the worker process is `preload.ts`; importing
 * this file runs nothing of it.
 */
import { join } from 'node:path';

/** Absolute path of the file that makes a Node.js process a worker; the pool's user must be able to read it. */
export const preloadPath = join(__dirname, 'preload.js');

export interface WorkerArguments {
  /**
   * Stack of the main thread in KiB; undefined = Node.js' own (984). The launcher must raise the stack limit to
   * `stackLimitBytes` first: beyond it the process dies of SIGSEGV without a word.
   */
  readonly stackSizeKiB?: number;
}

/**
 * Arguments of Node.js that come before the application's own:
 * `node --stack-size=4096 --require …/preload.js server.js`.
 *
 * @throws RangeError when the stack size is not a positive whole number
 */
export function workerArguments({ stackSizeKiB }: WorkerArguments = {}): string[] {
  const preload = ['--require', preloadPath];
  if (stackSizeKiB === undefined) return preload;
  if (!Number.isSafeInteger(stackSizeKiB) || stackSizeKiB < 1) {
    throw new RangeError(`stackSizeKiB is ${stackSizeKiB}; it must be a positive whole number of KiB`);
  }
  return [`--stack-size=${stackSizeKiB}`, ...preload];
}

/** Soft stack limit (`prlimit --stack`) that a process with this stack needs: 1 MiB more than JavaScript may use. */
export function stackLimitBytes(stackSizeKiB: number): number {
  return (stackSizeKiB + 1024) * 1024;
}
