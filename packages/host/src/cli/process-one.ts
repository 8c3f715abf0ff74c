import { existsSync } from 'node:fs';
import type { System } from './command.ts';
import { commandError } from './command-error.ts';

/** Programs that collect ended processes and pass signals on, where distributions install them. */
const initPrograms = ['/usr/bin/tini', '/sbin/tini', '/usr/local/bin/tini', '/usr/bin/dumb-init'];

/**
 * In a container we may be process 1, which has duties that Node.js does not know: it collects no orphans, and
 * signals without a handler are ignored. Becomes the child of an init program where one is installed, and does
 * not return then; refuses otherwise.
 */
export function runUnderInit(
  { pid, environment }: System,
  exists: (path: string) => boolean = existsSync,
  become: (program: string, words: readonly string[], environment: NodeJS.ProcessEnv) => void = execve,
): void {
  if (pid !== 1) return;
  const program = initPrograms.find(exists);
  if (program === undefined) {
    throw commandError('process-one', 'Poolhouse does not run as process 1 of a container', [
      ['because', 'process 1 must collect ended processes, which needs an init program'],
      ['try', 'docker run --init, or install tini'],
    ]);
  }
  become(program, [program, '--', process.execPath, ...process.execArgv, ...process.argv.slice(1)], environment);
}

function execve(program: string, words: readonly string[], environment: NodeJS.ProcessEnv): void {
  process.execve?.(program, words, environment);
}
