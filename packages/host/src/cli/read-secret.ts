import type { System } from './command.ts';
import { commandError } from './command-error.ts';

/** Characters. */
const longest = 4_096;

/** The first line of standard input; on a terminal asked for, and not shown. Empty when there is none. */
export async function readSecret(
  prompt: string,
  { stdin, stderr, interrupted }: Pick<System, 'stdin' | 'stderr' | 'interrupted'>,
): Promise<string> {
  const onTerminal = stdin.isTTY === true;
  if (onTerminal) {
    stderr.write(`${prompt}: `);
    stdin.setRawMode(true);
  }
  const stop = (): void => void stdin.destroy();
  interrupted.addEventListener('abort', stop, { once: true });
  try {
    return await firstLine(stdin, onTerminal);
  } finally {
    interrupted.removeEventListener('abort', stop);
    if (onTerminal) {
      stdin.setRawMode(false);
      stderr.write('\n');
    }
    stdin.pause();
  }
}

async function firstLine(stdin: AsyncIterable<Buffer | string>, onTerminal: boolean): Promise<string> {
  let line = '';
  for await (const chunk of stdin) {
    for (const character of chunk.toString()) {
      // A terminal in raw mode leaves keys to whoever reads.
      if (character === '\n' || character === '\r' || (onTerminal && character === '\u0004')) return line;
      if (onTerminal && character === '\u0003') throw commandError('not-confirmed', 'nothing was changed');
      if (onTerminal && (character === '\u007f' || character === '\b')) line = line.slice(0, -1);
      else line += character;
      if (line.length > longest) throw commandError('wrong-value', `a passphrase has at most ${longest} characters`);
    }
  }
  return line;
}
