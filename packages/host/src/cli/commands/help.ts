import { defineCommand } from '../command.ts';
import type { Command } from '../command.ts';
import { findCommand } from '../find-command.ts';
import { commandHelp, exitCodeHelp, overview } from '../help-text.ts';

/** Shows every other command, so it is told which there are. */
export function helpCommand(others: () => readonly Command[]): Command {
  return defineCommand({
    names: ['help'],
    summary: 'List the commands, or show the help of one',
    arguments: [
      { name: 'COMMAND', description: 'a command, or exit-codes', optional: true },
      { name: 'VERB', description: 'second word of the command', optional: true },
    ],
    options: {},
    examples: [
      ['poolhouse help', 'what there is'],
      ['poolhouse help pool recycle', 'the same as poolhouse pool recycle --help'],
    ],
    exits: [],
    run({ arguments: words, output }) {
      output.data.line(helpFor(others(), words));
      return Promise.resolve(0);
    },
  });
}

function helpFor(commands: readonly Command[], words: readonly string[]): string {
  if (words.length === 0) return overview(commands);
  if (words[0] === 'exit-codes') return exitCodeHelp();
  return commandHelp(findCommand(commands, words).command);
}
