import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createEventLog } from '../../logging/index.ts';
import type { EventLog, LoggedEvent } from '../../logging/index.ts';
import { eventId, streamEvents } from './event-stream.ts';
import type { EventStreamOptions } from './event-stream.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

interface Message {
  readonly id?: string;
  readonly event?: string;
  /** Empty in a heartbeat and a reset. */
  readonly data: Partial<LoggedEvent>;
}

async function serve(listener: RequestListener): Promise<IncomingMessage> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  cleanups.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  await once(server, 'listening');
  const outgoing = get({ port: (server.address() as AddressInfo).port, agent: false });
  cleanups.push(() => outgoing.destroy());
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.on('error', () => {});
  return response;
}

/** Opens a stream and collects its messages. */
async function follow(events: EventLog, options: Partial<EventStreamOptions> = {}): Promise<Message[]> {
  const messages: Message[] = [];
  const response = await serve(
    (_, res) => void streamEvents(res, events, { after: undefined, topics: new Set(), ...options }),
  );
  let rest = '';
  response.setEncoding('utf8').on('data', (text: string) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s)));
      if (fields.event !== undefined) messages.push({ ...fields, data: JSON.parse(fields.data) });
    }
  });
  return messages;
}

const stopping = (events: EventLog, reason: string) => events.emit('supervisor.stopping', { reason });
const reasons = (messages: readonly Message[]) => messages.map(({ event, data }) => data.fields?.['reason'] ?? event);

describe('event stream', () => {
  it('sends what comes from now on, with ids that rise by one', async () => {
    const events = createEventLog({ sinks: [] });
    stopping(events, 'before');
    const messages = await follow(events);
    stopping(events, 'a');
    events.emit('supervisor.stopped', {});
    await expect.poll(() => messages.length).toBe(2);
    expect(messages).toEqual([
      { id: eventId(events, 2), event: 'supervisor.stopping', data: events.since(1)[0]!.event },
      { id: eventId(events, 3), event: 'supervisor.stopped', data: events.since(2)[0]!.event },
    ]);
  });

  it('G-57 delivers everything after Last-Event-ID, in order, once', async () => {
    const events = createEventLog({ sinks: [] });
    for (let number = 1; number <= 1_001; number += 1) stopping(events, String(number));
    const messages = await follow(events, { after: eventId(events, 1) });
    await expect.poll(() => messages.length).toBe(1_000);
    stopping(events, 'new');
    await expect.poll(() => messages.length).toBe(1_001);
    expect(reasons(messages)).toEqual([...Array.from({ length: 1_000 }, (_, index) => String(index + 2)), 'new']);
  });

  it.each([
    ['of another run', 'zzz-1'],
    ['already forgotten', 'EPOCH-1'],
    ['of the future', 'EPOCH-99'],
    ['malformed', 'EPOCH-1-2'],
    ['empty', ''],
  ])('G-57 an id %s gets reset, then what comes', async (_, id) => {
    const events = createEventLog({ sinks: [], capacity: 2 });
    for (const reason of ['a', 'b', 'c', 'd']) stopping(events, reason);
    const messages = await follow(events, { after: id.replace('EPOCH', events.epoch) });
    stopping(events, 'e');
    await expect.poll(() => reasons(messages)).toEqual(['reset', 'e']);
    expect(messages[0]?.id).toBe(eventId(events, 4));
  });

  it('sends only the topics asked for', async () => {
    const events = createEventLog({ sinks: [] });
    const messages = await follow(events, { topics: new Set(['pool', 'config']) });
    stopping(events, 'no');
    events.emit('pool.state', { pool: 'shop', state: 'started' });
    await expect.poll(() => messages.map(({ event }) => event)).toEqual(['pool.state']);
  });

  it('sends heartbeats', async () => {
    const messages = await follow(createEventLog({ sinks: [] }), { heartbeatMs: 5 });
    await expect.poll(() => messages.length).toBeGreaterThan(1);
    expect(messages[0]?.event).toBe('heartbeat');
  });

  it('G-58 keeps nothing for a reader that stops, and tells it what it missed', async () => {
    const events = createEventLog({ sinks: [], capacity: 50 });
    let buffered = () => 0;
    const response = await serve((_, res) => {
      buffered = () => res.writableLength;
      streamEvents(res, events, { after: undefined, topics: new Set() });
    });
    response.pause();
    const long = 'x'.repeat(20_000);
    for (let number = 0; number < 2_000; number += 1) stopping(events, long);
    expect(buffered()).toBeLessThan(5_000_000);
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    response.resume();
    await expect.poll(() => text.includes('event: reset')).toBe(true);
    stopping(events, 'after');
    await expect.poll(() => text.includes('"reason":"after"')).toBe(true);
  });

  it('ends when it is told to', async () => {
    const events = createEventLog({ sinks: [] });
    let end = () => {};
    const response = await serve(
      (_, res) => (end = streamEvents(res, events, { after: undefined, topics: new Set() })),
    );
    response.resume();
    end();
    await once(response, 'end');
    stopping(events, 'nobody listens');
  });
});
