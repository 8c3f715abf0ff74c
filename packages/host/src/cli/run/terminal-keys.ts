import type { ReadStream } from 'node:tty';

/** What the keys of `poolhouse run` do. */
export interface KeyActions {
  recycle(): void;
  quit(): void;
  help(): void;
}

/**
 * Listens to single keys on a terminal: r recycles, q and Ctrl-C quit, any other key shows which there are.
 * Does nothing when stdin is not a terminal.
 *
 * @returns the function that gives the terminal back
 */
export function listenToKeys(
  stdin: Pick<ReadStream, 'isTTY' | 'setRawMode' | 'on' | 'off' | 'resume' | 'pause'>,
  actions: KeyActions,
): () => void {
  if (!stdin.isTTY) return () => {};
  const onData = (data: Buffer) => {
    for (const key of data.toString('latin1')) pressed(key, actions);
  };
  stdin.setRawMode(true);
  stdin.on('data', onData);
  stdin.resume();
  return () => {
    stdin.off('data', onData);
    stdin.setRawMode(false);
    stdin.pause();
  };
}

function pressed(key: string, actions: KeyActions): void {
  switch (key) {
    case 'r':
      actions.recycle();
      break;
    case 'q':
    case '\u0003': // Ctrl-C: in raw mode the terminal sends no signal
    case '\u0004': // Ctrl-D
      actions.quit();
      break;
    default:
      actions.help();
  }
}
