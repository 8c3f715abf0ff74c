import type { Socket } from 'node:net';
import { channelVersion, type FromWorker, type ToWorker } from '@poolhouse/contract/worker-messages';

/** Each kind without `version`, which the channel adds. */
type WithoutVersion<Message> = Message extends unknown ? Omit<Message, 'version'> : never;

export interface ChannelEvents {
  message(message: ToWorker): void;
  /** The supervisor is gone, or speaks what this worker cannot read. */
  lost(reason: string): void;
}

/** Longest text without a line feed, in characters; the supervisor's messages are far below 1 KiB. */
const longestMessage = 64 * 1024;

/** The worker's end of the control channel; `worker-messages.ts` of the contract draws what passes. */
export class Channel {
  readonly #socket: Socket;
  readonly #events: ChannelEvents;
  #text = '';

  constructor(socket: Socket, events: ChannelEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#read(text));
    socket.on('error', ({ message }) => events.lost(message));
    socket.on('close', () => events.lost('the supervisor closed the control channel'));
  }

  /** `written` is called when the kernel has the message. */
  send(message: WithoutVersion<FromWorker>, written?: () => void): void {
    this.#socket.write(`${JSON.stringify({ version: channelVersion, ...message })}\n`, written);
  }

  #read(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) {
      const message = parseMessage(line);
      if (message === undefined)
        return this.#events.lost('the supervisor sent a message that is not part of the protocol');
      this.#events.message(message);
    }
    if (this.#text.length > longestMessage) this.#events.lost('the supervisor sent a message without an end');
  }
}

/** Returns the message, or undefined when it has not the shape of one. */
export function parseMessage(line: string): ToWorker | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const message = value as Record<string, unknown>;
  if (message['version'] !== channelVersion) return undefined;
  switch (message['type']) {
    case 'pair':
      return typeof message['token'] === 'string' ? (value as ToWorker) : undefined;
    case 'ping':
      return isNumber(message['sequence']) ? (value as ToWorker) : undefined;
    case 'drain':
      return isNumber(message['limitMs']) && isNumber(message['answersMs'] ?? 0) ? (value as ToWorker) : undefined;
    default:
      return undefined;
  }
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
