import net from 'node:net';

/**
 * Takes the IPC channel that Node.js opened at start-up away from `process`, so that the application finds
 * none: no `process.send`, `process.connected` or `process.channel`, no 'message' or 'disconnect' event.
 *
 * The pipe itself stays; it carries JSON texts, each ended by a line feed. It does not keep the process alive.
 *
 * @throws Error when there is no channel
 */
export function adoptIpcChannel(process: NodeJS.Process): net.Socket {
  const symbol = Object.getOwnPropertySymbols(process).find(({ description }) => description === 'kChannelHandle');
  const handle = symbol && (process as unknown as Record<symbol, PipeHandle | null>)[symbol];
  if (symbol === undefined || handle === undefined || handle === null) {
    throw new Error('there is no control channel: a worker is started by the supervisor, with "ipc" in stdio');
  }
  handle.readStop();
  const options: object = { handle, readable: true, writable: true };
  const socket = new net.Socket(options);
  socket.unref();

  for (const name of ['send', '_send', 'disconnect', '_disconnect', '_channel', '_handleQueue', '_pendingMessage']) {
    Reflect.deleteProperty(process, name);
  }
  for (const name of ['connected', 'channel', symbol]) Reflect.deleteProperty(process, name);
  process.removeAllListeners('internalMessage');
  // These two count the application's 'message' and 'disconnect' listeners to keep the process alive for them.
  for (const listener of process.listeners('newListener')) {
    if (listener.name === 'onNewListener') process.removeListener('newListener', listener);
  }
  for (const listener of process.listeners('removeListener')) {
    if (listener.name === 'onRemoveListener') process.removeListener('removeListener', listener);
  }
  return socket;
}

interface PipeHandle {
  readStop(): void;
}
