import { spawn } from 'node:child_process';
import type { Exit } from './launch.ts';

/** A program of ours that goes on when we end: in a session of its own, without a terminal. */
export interface BackgroundProcess {
  readonly pid: number;
  /** Resolves when it ends while we still watch. */
  readonly exited: Promise<Exit>;
  /** Stops watching, so that we can end before it. */
  release(): void;
}

/**
 * Starts a program in the background.
 *
 * @param output descriptor that its stdout and stderr go to
 * @throws NodeJS.ErrnoException when the process cannot be created
 */
export async function startInBackground(
  program: string,
  args: readonly string[],
  options: { readonly environment: NodeJS.ProcessEnv; readonly workingDirectory: string; readonly output: number },
): Promise<BackgroundProcess> {
  const child = spawn(program, args, {
    cwd: options.workingDirectory,
    env: options.environment,
    stdio: ['ignore', options.output, options.output],
    detached: true,
  });
  const exited = new Promise<Exit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  return { pid: child.pid as number, exited, release: () => child.unref() };
}
