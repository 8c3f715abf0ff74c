import { spawn, type ChildProcess } from 'node:child_process';

import { commandFile } from './host.ts';

export interface CommandResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs `poolhouse WORDS` to its end. */
export function runCommand(words: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return resultOf(spawnCommand(words, options));
}

/** Starts `poolhouse WORDS`. */
export function spawnCommand(words: readonly string[], { cwd, environment }: CommandOptions = {}): ChildProcess {
  return spawn(process.execPath, [commandFile, ...words], {
    cwd: cwd ?? '/',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function resultOf(child: ChildProcess): Promise<CommandResult> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
