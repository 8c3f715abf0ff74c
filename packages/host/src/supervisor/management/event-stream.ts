import type { ServerResponse } from 'node:http';
import type { EventLog, NumberedEvent } from '../../logging/index.ts';

export interface EventStreamOptions {
  /** `Last-Event-ID` or `since`: `<epoch>-<number>`; undefined = from now on. */
  readonly after: string | undefined;
  /** First words of event names (`pool`, `worker`); empty = all. */
  readonly topics: ReadonlySet<string>;
  /** Milliseconds between heartbeats. Default 15,000. */
  readonly heartbeatMs?: number;
}

/**
 * Server-sent events from the ring. The stream pulls: it remembers the number of the last event it wrote and
 * reads on when the client has taken what was written, so a client that stops reading costs no memory; one that
 * falls behind the ring gets `reset` and fetches the state anew.
 *
 * @returns the function that ends the stream
 */
export function streamEvents(response: ServerResponse, events: EventLog, options: EventStreamOptions): () => void {
  const { topics, heartbeatMs = 15_000 } = options;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  });
  const asked = options.after === undefined ? events.last : eventNumber(events, options.after);
  let position = asked ?? events.last;
  response.write('retry: 2000\n\n');
  if (asked === undefined) response.write(resetMessage(events, position));

  const pump = () => {
    while (!response.writableNeedDrain) {
      if (position + 1 < events.first) {
        position = events.last;
        response.write(resetMessage(events, position));
      }
      const batch = events.since(position, 100);
      if (batch.length === 0) return;
      position += batch.length;
      const wanted = batch.filter((each) => isWanted(each, topics));
      if (wanted.length > 0) response.write(wanted.map((each) => eventMessage(events, each)).join(''));
    }
  };
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write('event: heartbeat\ndata: {}\n\n');
  }, heartbeatMs);
  const unsubscribe = events.subscribe(pump);
  response.on('drain', pump);
  const stop = () => {
    clearInterval(heartbeat);
    unsubscribe();
    response.off('drain', pump);
  };
  response.once('close', stop);
  pump();
  return () => {
    stop();
    response.end();
  };
}

/** Identity of an event across restarts of the supervisor. */
export function eventId(events: EventLog, number: number): string {
  return `${events.epoch}-${number}`;
}

/** The number of an id; undefined when it is of another run, malformed, or of an event already forgotten. */
export function eventNumber(events: EventLog, id: string): number | undefined {
  const [epoch, digits = '', ...rest] = id.split('-');
  if (epoch !== events.epoch || rest.length > 0 || !/^\d{1,15}$/.test(digits)) return undefined;
  const number = Number(digits);
  return number <= events.last && number + 1 >= events.first ? number : undefined;
}

/** Whether an event belongs to one of the topics; its topic is the first word of its name. */
export function isWanted({ event }: NumberedEvent, topics: ReadonlySet<string>): boolean {
  return topics.size === 0 || topics.has(event.event.slice(0, event.event.indexOf('.')));
}

function eventMessage(events: EventLog, { number, event }: NumberedEvent): string {
  return `id: ${eventId(events, number)}\nevent: ${event.event}\ndata: ${JSON.stringify(event)}\n\n`;
}

function resetMessage(events: EventLog, position: number): string {
  return `id: ${eventId(events, position)}\nevent: reset\ndata: {}\n\n`;
}
