import { styleText } from 'node:util';
import type { LoggedEvent } from './event.ts';
import type { EventSink } from './event-log.ts';
import type { LineWriter } from './line-writer.ts';

/** Events for people: local time, a word for the level unless it is information, the sentence. */
export function terminalSink(write: LineWriter, options: { readonly colour: boolean }): EventSink {
  const paint = options.colour
    ? (format: Parameters<typeof styleText>[0], text: string) => styleText(format, text, { validateStream: false })
    : (_: Parameters<typeof styleText>[0], text: string) => text;
  const levels: Record<LoggedEvent['level'], string> = {
    info: '',
    warn: `${paint('yellow', 'warning')} `,
    error: `${paint('red', 'error')} `,
  };
  return ({ time, level, message }) =>
    write(`${paint('dim', clock(new Date(time)))} ${levels[level]}${printable(message)}`);
}

/**
 * Replaces what a terminal would obey instead of showing: sentences quote what applications and files say.
 * A line break becomes a blank, so that an event stays one line.
 */
export function printable(text: string): string {
  return text.replace(/[\r\n\t]+/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\u{fffd}');
}

function clock(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');
}
