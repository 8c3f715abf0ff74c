import type { Writable } from 'node:stream';
import type { ExitName } from './exit-codes.ts';
import type { Output, OutputStream } from './output.ts';

/** A command as data: its help, its reference page and its parser all come from this. */
export interface Command {
  /** First the name, then its other spellings: `pool recycle`, `recycle`. */
  readonly names: readonly [string, ...string[]];
  /** One sentence without a full stop, as in a list of commands. */
  readonly summary: string;
  /** What the help says below the examples; paragraphs of plain text. */
  readonly description?: string;
  readonly arguments: readonly ArgumentDefinition[];
  readonly options: Readonly<Record<string, OptionDefinition>>;
  /** Shown first in the help. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** Besides `ok`, `error` and `usage`. */
  readonly exits: readonly ExitName[];
  run(invocation: Invocation): Promise<number>;
}

export interface ArgumentDefinition {
  /** In upper case: `POOL`. */
  readonly name: string;
  readonly description: string;
  readonly optional?: boolean;
}

export interface OptionDefinition {
  readonly type: 'boolean' | 'string';
  /** One letter. */
  readonly short?: string;
  /** What a value is, in upper case: `FILE`. */
  readonly value?: string;
  readonly description: string;
}

export type OptionValues<Options extends Readonly<Record<string, OptionDefinition>>> = {
  readonly [Name in keyof Options]: (Options[Name]['type'] extends 'boolean' ? boolean : string) | undefined;
};

/** One use of a command. */
export interface Invocation<
  Options extends Readonly<Record<string, OptionDefinition>> = Readonly<Record<string, OptionDefinition>>,
> {
  readonly arguments: readonly string[];
  readonly options: OptionValues<Options>;
  readonly output: Output;
  readonly system: System;
}

/** What a command sees of the world; a test brings its own. */
export interface System {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly uid: number;
  readonly home: string;
  readonly pid: number;
  readonly stdout: Writable & OutputStream;
  readonly stderr: Writable & OutputStream;
  readonly stdin: NodeJS.ReadStream;
  /** Aborted by SIGINT or SIGTERM, which is the reason: a command that waits gives up, one that serves ends in order. */
  readonly interrupted: AbortSignal;
  /** Calls `listener` at each SIGHUP: a service manager's word for "read your configuration again". */
  onHangUp(listener: () => void): void;
  /** Aborted when nobody reads stdout any more, as in `poolhouse logs -f | head`. */
  readonly readerGone: AbortSignal;
}

/** Options that every command has. */
export const commonOptions = {
  json: { type: 'boolean', description: 'Machine-readable output: JSON on stdout, messages as JSON on stderr' },
  color: { type: 'string', value: 'WHEN', description: 'auto (default), always or never; NO_COLOR is honoured' },
  quiet: { type: 'boolean', short: 'q', description: 'No messages, only data and errors' },
  help: { type: 'boolean', short: 'h', description: 'Show this help' },
} as const satisfies Record<string, OptionDefinition>;

/** Options of the commands that talk to a running Poolhouse. */
export const connectionOptions = {
  run: { type: 'string', value: 'DIR', description: 'Run folder of the Poolhouse to talk to (also POOLHOUSE_RUN)' },
} as const satisfies Record<string, OptionDefinition>;

/** Gives `run` of a command the types of its options. */
export function defineCommand<const Options extends Readonly<Record<string, OptionDefinition>>>(
  command: Omit<Command, 'options' | 'run'> & {
    readonly options: Options;
    run(invocation: Invocation<Options>): Promise<number>;
  },
): Command {
  return command as unknown as Command;
}
