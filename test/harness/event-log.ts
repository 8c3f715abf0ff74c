import type { Readable } from 'node:stream';

import { until, type Deadline } from './until.ts';

/** One line that the host reported, as it came. */
export interface HostEvent {
  readonly time: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly winId?: number;
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** Fields that an event must have, with exactly these values. */
export type EventMatch = Readonly<Record<string, string | number | boolean>>;

/** Everything the host wrote to stdout and stderr: events, and lines that are none. */
export class EventCollection {
  readonly events: HostEvent[] = [];
  /** Lines that are no event, such as a crash of Node.js itself. */
  readonly otherLines: string[] = [];

  collect(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#add(line);
    });
    stream.on('end', () => this.#add(rest));
  }

  /** Events of this name whose fields (or winId) match. */
  named(name: string, where: EventMatch = {}): HostEvent[] {
    return this.events.filter(
      (event) =>
        event.event === name &&
        Object.entries(where).every(([field, value]) =>
          field === 'winId' ? event.winId === value : event.fields[field] === value,
        ),
    );
  }

  /** Waits until `count` events of this name have come; returns the last of them. */
  async waitFor(name: string, where: EventMatch = {}, count = 1, deadline?: Deadline): Promise<HostEvent> {
    return until(
      () =>
        `event ${name} ${JSON.stringify(where)} ×${count}; came: ${[...new Set(this.events.map((e) => e.event))].join(' ')}`,
      () => this.named(name, where)[count - 1],
      deadline,
    );
  }

  #add(line: string): void {
    if (line.trim() === '') return;
    try {
      const value = JSON.parse(line) as Partial<HostEvent>;
      if (typeof value.event === 'string' && typeof value.level === 'string') {
        this.events.push({ fields: {}, ...value } as HostEvent);
        return;
      }
    } catch {
      // Not JSON: kept as it is.
    }
    this.otherLines.push(line);
  }
}
