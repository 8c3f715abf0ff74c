import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCommandLine } from '../command-line.ts';
import type { System } from '../command.ts';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A system without terminal, signals or variables; `home` and the working folder are where the test says. */
export function testSystem(folder: string, more: Partial<System> = {}): System {
  return {
    environment: { LANG: 'C.UTF-8' },
    workingDirectory: folder,
    uid: process.getuid?.() ?? 0,
    home: folder,
    pid: process.pid,
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    stdin: process.stdin,
    interrupted: new AbortController().signal,
    onHangUp: () => {},
    readerGone: new AbortController().signal,
    ...more,
  };
}

/** Runs one command line to its end and returns what it said. */
export async function runCommand(system: System, ...words: string[]): Promise<CommandResult> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const said = Promise.all([text(stdout), text(stderr)]);
  const code = await runCommandLine(words, { ...system, stdout, stderr });
  stdout.end();
  stderr.end();
  const [out, err] = await said;
  return { code, stdout: out, stderr: err };
}
