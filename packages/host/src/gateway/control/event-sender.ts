import type { FromGateway } from '@poolhouse/contract';
import type { Emit, EventFields } from '../../logging/index.ts';

/** Events of one second; a flood of failing requests must not become a flood of messages. */
const perSecond = 50;
const longestText = 1_000;

type EventMessage = Omit<Extract<FromGateway, { type: 'event' }>, 'version' | 'type'>;

/** Sends events to the supervisor, which adds time and process; bounded per second. */
export class EventSender {
  private readonly send: (event: EventMessage) => void;
  private left = perSecond;
  private suppressed = 0;

  constructor(send: (event: EventMessage) => void) {
    this.send = send;
  }

  readonly emit: Emit = (name, fields) => {
    if (this.left === 0) {
      this.suppressed++;
      return;
    }
    this.left--;
    this.send({ name, fields: sendable(fields) });
  };

  /** Once a second. */
  refill(): void {
    this.left = perSecond;
    if (this.suppressed === 0) return;
    const count = this.suppressed;
    this.suppressed = 0;
    this.emit('gateway.events_suppressed', { count });
  }
}

function sendable(fields: EventFields): EventMessage['fields'] {
  const entries = Object.entries(fields).map(
    ([name, value]) => [name, typeof value === 'string' ? value.slice(0, longestText) : value] as const,
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as EventMessage['fields'];
}
