import { parseArgs } from 'node:util';
import { commonOptions } from './command.ts';
import type { Command, OptionDefinition, OptionValues } from './command.ts';
import { commandError } from './command-error.ts';
import type { ErrorHints } from './command-error.ts';
import { nearest } from './nearest.ts';

export interface ParsedArguments {
  readonly arguments: readonly string[];
  readonly options: OptionValues<Readonly<Record<string, OptionDefinition>>>;
  readonly common: OptionValues<typeof commonOptions>;
}

/**
 * Reads the words after a command's name, strictly: unknown options, missing and superfluous values and
 * arguments are errors that name what was probably meant.
 *
 * @throws CommandError of the kinds PH1103, PH1104 and PH1105
 */
export function parseArguments(command: Command, words: readonly string[]): ParsedArguments {
  const known: Readonly<Record<string, OptionDefinition>> = { ...commonOptions, ...command.options };
  const { tokens, positionals } = parseArgs({
    args: [...words],
    options: Object.fromEntries(
      Object.entries(known).map(([name, { type, short }]) => [name, definition(type, short)]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string | boolean> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
    if (option === undefined) throw unknownOption(command, token.rawName, Object.keys(known));
    values[token.name] = valueOf(command, option, token);
  }
  const common = pick(values, commonOptions) as ParsedArguments['common'];
  if (common.help !== true) checkCount(command, positionals);
  return { arguments: positionals, options: pick(values, command.options), common };
}

/** What `--flag VALUE` says; a boolean takes none, a text must have one. */
function valueOf(
  command: Command,
  option: OptionDefinition,
  token: { readonly rawName: string; readonly value?: string | undefined; readonly inlineValue?: boolean | undefined },
): string | boolean {
  if (option.type === 'boolean') {
    if (token.value === undefined) return true;
    throw commandError('wrong-value', `${token.rawName} takes no value`, helpHint(command));
  }
  // `--config --json` forgot the file; a value that begins with a hyphen is written `--config=-x`.
  const forgotten = token.inlineValue !== true && token.value?.startsWith('-') === true;
  if (token.value !== undefined && token.value !== '' && !forgotten) return token.value;
  throw commandError(
    'wrong-value',
    `${token.rawName} needs a value: ${token.rawName} ${option.value}`,
    helpHint(command),
  );
}

function unknownOption(command: Command, rawName: string, names: readonly string[]) {
  const meant = nearest(rawName.replace(/^--?/, ''), names).map((name) => `--${name}`);
  const hints: ErrorHints = meant.length > 0 ? [['did you mean', meant.join(' or ')]] : [];
  return commandError('unknown-option', `${command.names[0]} has no option ${rawName}`, [
    ...hints,
    ...helpHint(command),
  ]);
}

function checkCount(command: Command, positionals: readonly string[]): void {
  const missing = command.arguments.slice(positionals.length).find(({ optional }) => optional !== true);
  if (missing !== undefined) {
    throw commandError('wrong-arguments', `${command.names[0]} needs ${missing.name}: ${missing.description}`, [
      ['try', usageLine(command)],
    ]);
  }
  const superfluous = positionals[command.arguments.length];
  if (superfluous !== undefined) {
    throw commandError('wrong-arguments', `${command.names[0]} does not take ${JSON.stringify(superfluous)}`, [
      ['try', usageLine(command)],
    ]);
  }
}

/** `poolhouse pool recycle POOL [options]` */
export function usageLine(command: Command): string {
  const words = command.arguments.map(({ name, optional }) => (optional === true ? `[${name}]` : name));
  return ['poolhouse', command.names[0], ...words, '[options]'].join(' ');
}

function helpHint(command: Command): ErrorHints {
  return [['try', `poolhouse ${command.names[0]} --help`]];
}

function definition(type: OptionDefinition['type'], short: string | undefined) {
  return short === undefined ? { type } : { type, short };
}

function pick<Options extends Readonly<Record<string, OptionDefinition>>>(
  values: Readonly<Record<string, string | boolean>>,
  options: Options,
): OptionValues<Options> {
  return Object.fromEntries(Object.keys(options).map((name) => [name, values[name]])) as OptionValues<Options>;
}
