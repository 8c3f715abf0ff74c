import { describe, expect, it } from 'vitest';
import { EventSender } from './event-sender.ts';

describe('EventSender', () => {
  it('sends events with short texts and without absent fields', () => {
    const sent: unknown[] = [];
    const sender = new EventSender((event) => sent.push(event));
    sender.emit('site.state', { site: 'x'.repeat(5_000), siteId: 1, state: 'started', reason: undefined });
    expect(sent).toEqual([{ name: 'site.state', fields: { site: 'x'.repeat(1_000), siteId: 1, state: 'started' } }]);
  });

  it('leaves out what is too much for a second, and says so in the next', () => {
    const sent: { name: string; fields: object }[] = [];
    const sender = new EventSender((event) => sent.push(event));
    for (let count = 0; count < 60; count++) sender.emit('queue.full', { pool: 'p', limit: count });
    expect(sent).toHaveLength(50);
    sender.refill();
    expect(sent.at(-1)).toEqual({ name: 'gateway.events_suppressed', fields: { count: 10 } });
    sender.refill();
    expect(sent).toHaveLength(51);
  });
});
