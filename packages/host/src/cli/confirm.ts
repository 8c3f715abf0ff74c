import { createInterface } from 'node:readline/promises';
import type { System } from './command.ts';
import { commandError } from './command-error.ts';

/**
 * Lets a person repeat a word before something is done that cannot be undone. Where nobody can answer, `--yes` must
 * have said it.
 *
 * @param effect what will happen, one or two sentences
 * @throws CommandError `not-confirmed`
 */
export async function confirm(
  effect: string,
  word: string,
  yes: boolean | undefined,
  { stdin, stderr, interrupted }: Pick<System, 'stdin' | 'stderr' | 'interrupted'>,
): Promise<void> {
  if (yes === true) return;
  if (stdin.isTTY !== true)
    throw commandError('not-confirmed', `this needs a confirmation. ${effect}`, [
      ['try', 'the same with --yes, if that is meant'],
    ]);
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await lines.question(`${effect}\nType ${word} to go on: `, { signal: interrupted });
    if (answer.trim() !== word) throw commandError('not-confirmed', 'nothing was changed');
  } finally {
    lines.close();
  }
}
