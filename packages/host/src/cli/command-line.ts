import { homedir } from 'node:os';
import { dropServiceVariables } from '../linux/index.ts';
import { commands } from './commands/index.ts';
import { CommandError, commandError, errorAsJson, formatError } from './command-error.ts';
import type { System } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { findCommand, findGroup } from './find-command.ts';
import { commandAsJson, commandHelp, commandListAsJson, groupHelp } from './help-text.ts';
import { createOutput } from './output.ts';
import type { ColourFlag, Output } from './output.ts';
import { parseArguments } from './parse-arguments.ts';
import { systemCallError } from './system-call-error.ts';

/**
 * One use of the command line.
 *
 *   1. find the command        `pool recycle shop --json`
 *   2. read its options and arguments
 *   3. run it, or show its help
 *   4. say what went wrong, on stderr, and turn it into an exit code
 */
export async function runCommandLine(words: readonly string[], system: System): Promise<number> {
  let output = outputFor(system, { json: words.includes('--json'), color: undefined, quiet: undefined });
  try {
    const group = words.some((word) => word === '--help' || word === '-h') ? findGroup(commands, words) : [];
    if (group.length > 0) {
      output.show(commandListAsJson(group), () => groupHelp(group));
      return exitCodes.ok.code;
    }
    const { command, rest } = findCommand(commands, words);
    const parsed = parseArguments(command, rest);
    output = outputFor(system, parsed.common);
    if (parsed.common.help === true) {
      output.show(commandAsJson(command), () => commandHelp(command));
      return exitCodes.ok.code;
    }
    return await command.run({ arguments: parsed.arguments, options: parsed.options, output, system });
  } catch (error) {
    if (system.interrupted.aborted) return interruptedExit(system.interrupted);
    if (system.readerGone.aborted) return exitCodes.ok.code;
    const failure = systemCallError(error) ?? error;
    report(failure, output);
    return failure instanceof CommandError ? failure.exit : exitCodes.error.code;
  }
}

/**
 * The process itself, with its signals. What the service manager told it is in `environment` alone: programs
 * that inherit ours would take it for theirs.
 */
export function currentSystem(): System {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Whoever asks twice does not want to wait for requests in flight; children end with us.
      if (interruption.signal.aborted) process.exit(interruptedExit(interruption.signal));
      interruption.abort(signal);
    });
  }
  const reader = new AbortController();
  process.stdout.on('error', () => reader.abort());
  process.stderr.on('error', () => {});
  const environment = { ...process.env };
  dropServiceVariables(process.env);
  return {
    environment,
    workingDirectory: process.cwd(),
    uid: process.getuid?.() ?? 0,
    home: homedir(),
    pid: process.pid,
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    interrupted: interruption.signal,
    onHangUp: (listener) => void process.on('SIGHUP', listener),
    readerGone: reader.signal,
  };
}

function interruptedExit({ reason }: AbortSignal): number {
  return reason === 'SIGTERM' ? exitCodes.terminated.code : exitCodes.interrupted.code;
}

function outputFor(
  { stdout, stderr, environment }: System,
  common: {
    readonly json?: boolean | undefined;
    readonly color?: string | undefined;
    readonly quiet?: boolean | undefined;
  },
): Output {
  return createOutput({
    ...{ stdout, stderr, environment },
    json: common.json === true,
    quiet: common.quiet === true,
    colour: readColour(common.color),
  });
}

function readColour(flag: string | undefined): ColourFlag {
  if (flag === undefined || flag === 'auto') return 'auto';
  if (flag === 'always' || flag === 'never') return flag;
  throw commandError('wrong-value', `--color ${flag}: give auto, always or never`);
}

/** A `CommandError` is for people; anything else is a fault of ours and comes with its stack. */
function report(error: unknown, { json, messages }: Output): void {
  if (error instanceof CommandError) {
    messages.line(
      json ? JSON.stringify(errorAsJson(error)) : formatError(error, (text) => messages.paint('red', text)),
    );
    return;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  messages.line(
    json ? JSON.stringify({ code: 'PH2005', exit: 1, detail: stack }) : `this is a fault of Poolhouse: ${stack}`,
  );
}
