/**
 * The half of this package that the host uses. What runs inside the worker process is `preload.ts`; importing
 * this file runs nothing of it.
 */
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Absolute path of the file that makes a Node.js process a worker; the pool's user must be able to read it. The
 * published package has it in one file with all that it loads, which spares each start some ten milliseconds;
 * after `tsc -b` alone, and when something was compiled since it was made, it is the file that loads the others.
 */
export const preloadPath = currentBundle() ?? join(__dirname, 'preload.js');

function currentBundle(): string | undefined {
  const bundle = join(__dirname, 'preload.bundle.js');
  const made = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs;
  if (made === undefined) return undefined;
  const folders = [__dirname, dirname(require.resolve('@poolhouse/contract'))];
  const sources = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js'))
      .map((name) => join(folder, name)),
  );
  return sources.every((source) => statSync(source).mtimeMs <= made) ? bundle : undefined;
}

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
