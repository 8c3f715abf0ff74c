import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** A process this program started, with everything below it in one process group. */
export interface StartedProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly alive: () => boolean;
  /** SIGTERM, and SIGKILL for the group when it takes longer than the limit. */
  readonly stop: (limitMs?: number) => Promise<void>;
  /** The end of what it wrote. */
  readonly output: () => string;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Receives stdout and stderr. */
  readonly logFile: string;
  /** Adds a Node.js message channel. */
  readonly channel?: boolean;
}

export function startProcess(command: readonly string[], options: StartOptions): StartedProcess {
  const [program = '', ...args] = command;
  const log = openSync(options.logFile, 'a');
  const stdio: StdioOptions = ['ignore', log, log, ...(options.channel === true ? ['ipc' as const] : [])];
  const child = spawn(program, args, {
    ...(options.folder === undefined ? {} : { cwd: options.folder }),
    env: { ...process.env, ...options.env },
    stdio,
    detached: true,
    serialization: 'advanced',
  });
  closeSync(log);
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  child.once('exit', () => resolve()).once('error', () => resolve());
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${program} could not be started`);

  const alive = (): boolean => child.exitCode === null && child.signalCode === null;
  const killGroup = (): void => signal(-pid, 'SIGKILL');
  // The group outlives this program if it is not ended with it.
  process.once('exit', killGroup);
  return {
    pid,
    child,
    alive,
    async stop(limitMs = 10_000) {
      const timer = setTimeout(killGroup, limitMs);
      signal(pid, 'SIGTERM');
      await ended;
      clearTimeout(timer);
      killGroup();
      process.removeListener('exit', killGroup);
    },
    output: () => readFileSync(options.logFile, 'utf8').slice(-2_000),
  };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Already gone.
  }
}
