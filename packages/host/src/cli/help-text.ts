import { commonOptions } from './command.ts';
import type { Command, OptionDefinition } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitName } from './exit-codes.ts';
import { usageLine } from './parse-arguments.ts';

/** Widest line of a help text. */
const width = 80;

/** Exit codes that every command can have. */
const commonExits: readonly ExitName[] = ['ok', 'error', 'usage'];

/** Help of one command: examples first, exit codes last. */
export function commandHelp(command: Command): string {
  const parts = [
    exampleSection(command.examples),
    `${wrap(`${command.summary}.`, 0)}${command.description === undefined ? '' : `\n\n${wrap(command.description, 0)}`}`,
    `Usage\n  ${usageLine(command)}${aliasLine(command)}`,
    section(
      'Arguments',
      command.arguments.map(({ name, description }) => [name, description]),
    ),
    section('Options', Object.entries({ ...command.options, ...commonOptions }).map(optionRow)),
    section('Exit codes', exitRows([...commonExits, ...command.exits])),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The list of all commands. */
export function overview(commands: readonly Command[]): string {
  return [
    exampleSection([
      ['poolhouse run', 'serve the app or site in this folder'],
      ['poolhouse start --config FILE', 'serve what an applicationHost.config says'],
      ['poolhouse status', 'see what runs'],
    ]),
    'Poolhouse houses application pools: sites, applications and worker processes,\nconfigured by the files that IIS uses.',
    section(
      'Commands',
      commands.map(({ names, summary }) => [names[0], summary]),
    ),
    'poolhouse help COMMAND shows more about one; poolhouse help exit-codes, how they end.',
  ].join('\n\n');
}

/** The commands of one noun: `pool list`, `pool recycle` and so on. */
export function groupHelp(commands: readonly Command[]): string {
  return [
    exampleSection(commands.flatMap(({ examples }) => examples.slice(0, 1)).slice(0, 3)),
    section(
      'Commands',
      commands.map(({ names, summary }) => [names[0], summary]),
    ),
    'poolhouse help COMMAND shows more about one.',
  ].join('\n\n');
}

/** The same as `commandHelp`, for programs. */
export function commandAsJson(command: Command): Readonly<Record<string, unknown>> {
  const { names, summary, description, examples, exits } = command;
  return {
    ...{ name: names[0], aliases: names.slice(1), usage: usageLine(command), summary, description },
    arguments: command.arguments,
    options: { ...command.options, ...commonOptions },
    examples: examples.map(([line, meaning]) => ({ line, meaning })),
    exitCodes: Object.fromEntries(exitRows([...commonExits, ...exits])),
  };
}

/** The same as `overview` and `groupHelp`, for programs. */
export function commandListAsJson(commands: readonly Command[]): Readonly<Record<string, unknown>> {
  return { commands: commands.map(({ names: [name], summary }) => ({ name, summary })) };
}

/** The same as `exitCodeHelp`, for programs. */
export function exitCodesAsJson(): Readonly<Record<string, unknown>> {
  return { exitCodes: Object.fromEntries(exitRows(Object.keys(exitCodes) as ExitName[])) };
}

/** Every exit code. */
export function exitCodeHelp(): string {
  return section('Exit codes', exitRows(Object.keys(exitCodes) as ExitName[]));
}

function exitRows(names: readonly ExitName[]): (readonly [string, string])[] {
  return [...names]
    .sort((a, b) => exitCodes[a].code - exitCodes[b].code)
    .map((name) => [String(exitCodes[name].code), exitCodes[name].meaning] as const);
}

function optionRow([name, { short, value, description }]: [string, OptionDefinition]): readonly [string, string] {
  const letter = short === undefined ? '' : `-${short}, `;
  return [`${letter}--${name}${value === undefined ? '' : ` ${value}`}`, description];
}

function aliasLine({ names: [, ...others] }: Command): string {
  return others.length === 0 ? '' : `\n  also: ${others.map((name) => `poolhouse ${name}`).join(', ')}`;
}

/** Each line as it is typed, and below it what it is for. */
function exampleSection(rows: Command['examples']): string {
  return ['Examples', ...rows.map(([line, meaning]) => `  $ ${line}\n      ${wrap(meaning, 6)}`)].join('\n');
}

/** Terms in one column, what they mean in the other; a term that is too long stands alone on its line. */
function section(title: string, rows: readonly (readonly [term: string, meaning: string])[]): string {
  if (rows.length === 0) return '';
  const indent = Math.min(34, Math.max(...rows.map(([term]) => term.length)) + 4);
  const lines = rows.map(([term, meaning]) => {
    const text = wrap(meaning, indent);
    return term.length + 4 > indent ? `  ${term}\n${' '.repeat(indent)}${text}` : `  ${term.padEnd(indent - 2)}${text}`;
  });
  return [title, ...lines].join('\n');
}

/** Breaks text into lines; those after the first begin with `indent` blanks. */
function wrap(text: string, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
