import { defineCommand } from '../command.ts';
import type { Command } from '../command.ts';
import { findCommand, findGroup } from '../find-command.ts';
import {
  commandAsJson,
  commandHelp,
  commandListAsJson,
  exitCodeHelp,
  exitCodesAsJson,
  groupHelp,
  overview,
} from '../help-text.ts';
import type { Output } from '../output.ts';

/** Shows every other command, so it is told which there are. */
export function helpCommand(others: () => readonly Command[]): Command {
  return defineCommand({
    names: ['help'],
    summary: 'List the commands, or show the help of one',
    arguments: [
      { name: 'COMMAND', description: 'a command, its first word, or exit-codes', optional: true },
      { name: 'VERB', description: 'second word of the command', optional: true },
    ],
    options: {},
    examples: [
      ['poolhouse help', 'what there is'],
      ['poolhouse help pool recycle', 'the same as poolhouse pool recycle --help'],
    ],
    exits: [],
    run({ arguments: words, output }) {
      showHelp(others(), words, output);
      return Promise.resolve(0);
    },
  });
}

/**
 * Shows what the words name: nothing, a command, or the noun of several.
 *
 * @throws CommandError `unknown-command`
 */
export function showHelp(commands: readonly Command[], words: readonly string[], output: Output): void {
  const group = findGroup(commands, words);
  if (words.length === 0) {
    output.show(commandListAsJson(commands), () => overview(commands));
  } else if (words[0] === 'exit-codes') {
    output.show(exitCodesAsJson(), exitCodeHelp);
  } else if (group.length > 0) {
    output.show(commandListAsJson(group), () => groupHelp(group));
  } else {
    const { command } = findCommand(commands, words);
    output.show(commandAsJson(command), () => commandHelp(command));
  }
}
