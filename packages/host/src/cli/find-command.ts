import type { Command } from './command.ts';
import { commandError } from './command-error.ts';
import { nearest } from './nearest.ts';

/** Other spellings of nouns. */
const nouns: Readonly<Record<string, string>> = { pools: 'pool', apppool: 'pool', apppools: 'pool', key: 'keys' };

/**
 * Finds the command that the words begin with, options aside, and returns the words without its name.
 *
 * @throws CommandError `unknown-command`, with what was probably meant
 */
export function findCommand(
  commands: readonly Command[],
  words: readonly string[],
): { readonly command: Command; readonly rest: readonly string[] } {
  const first = words.findIndex(isWord);
  if (first === -1 && words.includes('--version')) {
    return { command: byName(commands, 'version'), rest: words.filter((word) => word !== '--version') };
  }
  if (first === -1) {
    // `poolhouse --help` asks for the list of commands, not for the help of `help`.
    return { command: byName(commands, 'help'), rest: words.filter((word) => word !== '--help' && word !== '-h') };
  }
  const noun = words[first] ?? '';
  const verb = words[first + 1] ?? '';
  const singular = nouns[noun] ?? noun;
  for (const [name, length] of [
    [`${singular} ${verb}`, 2],
    [noun, 1],
  ] as const) {
    const command = commands.find(({ names }) => names.includes(name));
    if (command !== undefined) return { command, rest: words.toSpliced(first, length) };
  }
  throw unknownCommand(commands, singular, verb);
}

/** The commands of a noun that stands alone, as in `pool --help`; none when the words say anything else. */
export function findGroup(commands: readonly Command[], words: readonly string[]): readonly Command[] {
  const [noun = '', ...more] = words.filter(isWord);
  const singular = nouns[noun] ?? noun;
  return more.length > 0 ? [] : commands.filter(({ names }) => names[0].startsWith(`${singular} `));
}

function unknownCommand(commands: readonly Command[], noun: string, verb: string) {
  const names = commands.flatMap((command) => command.names);
  const verbs = names.filter((name) => name.startsWith(`${noun} `)).map((name) => name.slice(noun.length + 1));
  if (verbs.length > 0) {
    const what =
      isWord(verb) && verb !== '' ? `${noun} cannot be asked to ${JSON.stringify(verb)}` : `${noun} needs a verb`;
    const meant = nearest(verb, verbs).map((each) => `${noun} ${each}`);
    return commandError('unknown-command', what, [
      ...(meant.length > 0 ? [['did you mean', meant.join(' or ')] as const] : []),
      ['known', verbs.map((each) => `${noun} ${each}`).join(', ')],
    ]);
  }
  const meant = nearest(
    noun,
    names.flatMap((name) => [name, name.split(' ')[0] ?? '']),
  );
  return commandError('unknown-command', `there is no command ${JSON.stringify(noun)}`, [
    ...(meant.length > 0 ? [['did you mean', meant.join(' or ')] as const] : []),
    ['try', 'poolhouse help'],
  ]);
}

function byName(commands: readonly Command[], name: string): Command {
  const command = commands.find(({ names }) => names.includes(name));
  if (command === undefined) throw new Error(`the command ${name} is missing`);
  return command;
}

function isWord(word: string): boolean {
  return !word.startsWith('-');
}
