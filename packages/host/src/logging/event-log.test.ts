import { describe, expect, it, vi } from 'vitest';
import type { LoggedEvent } from './event.ts';
import { createEventLog } from './event-log.ts';

const worker = { pool: 'shop', slot: 1, generation: 2, pid: 4211 };
const start = Date.parse('2026-11-20T08:12:03.120Z');

function eventLog(options: { readonly capacity?: number; readonly maxAgeMs?: number } = {}) {
  const seen: LoggedEvent[] = [];
  const clock = { now: start };
  const log = createEventLog({ sinks: [(event) => seen.push(event)], now: () => clock.now, ...options });
  return { log, seen, clock };
}

describe('an event', () => {
  it('gets time, level, Windows id and sentence from the catalogue', () => {
    const { log, seen } = eventLog();
    log.emit('worker.exit.unexpected', { ...worker, code: 134, signal: undefined, uptimeMs: 61_400 });
    expect(seen).toEqual([
      {
        time: '2026-11-20T08:12:03.120Z',
        level: 'warn',
        event: 'worker.exit.unexpected',
        winId: 5009,
        message: 'pool shop: process 4211 (slot 1, generation 2) ended unexpectedly after 61 s (exit code 134)',
        fields: { ...worker, code: 134, uptimeMs: 61_400 },
      },
    ]);
  });

  it.each([
    ['time', 5074],
    ['privatememory', 5117],
    ['a new reason', undefined],
  ])('of a recycle for %s has the id %s', (reason, winId) => {
    const { log, seen } = eventLog();
    log.emit('worker.recycle', { ...worker, reason });
    expect(seen[0]?.winId).toBe(winId);
  });

  it('is cut at 30,000 characters a field', () => {
    const { log, seen } = eventLog();
    log.emit('app.start.failed', { application: 'a/', pool: 'p', error: 'e', output: 'x'.repeat(40_000) });
    expect(seen[0]?.fields['output']).toHaveLength(30_000);
  });

  it.each(['gateway.invented', 'toString', '__proto__', ''])(
    'that the catalogue does not have is reported: %j',
    (name) => {
      const { log, seen } = eventLog();
      log.emit(name as never, { detail: 'x' } as never);
      expect(seen).toMatchObject([{ level: 'error', event: name, fields: { detail: 'x' } }]);
    },
  );

  it('whose sentence cannot be built is still reported', () => {
    const { log, seen } = eventLog();
    log.emit('pool.disabled.rapid_fail', Object.create(null, { intervalMs: { get: () => ({}), enumerable: true } }));
    expect(seen[0]?.event).toBe('pool.disabled.rapid_fail');
  });
});

describe('sinks and listeners', () => {
  it('one that throws does not keep the event from the others', () => {
    const seen: string[] = [];
    const broken = () => {
      throw new Error('disk full');
    };
    const log = createEventLog({ sinks: [broken, (event) => seen.push(event.event)] });
    log.subscribe(broken);
    log.subscribe(() => seen.push('listener'));
    log.emit('supervisor.stopped', {});
    expect(seen).toEqual(['supervisor.stopped', 'listener']);
  });

  it('a listener is called until it unsubscribes', () => {
    const { log } = eventLog();
    const listener = vi.fn();
    const unsubscribe = log.subscribe(listener);
    log.emit('supervisor.stopped', {});
    unsubscribe();
    log.emit('supervisor.stopped', {});
    expect(listener).toHaveBeenCalledTimes(1);
  });
});

describe('the ring', () => {
  const stop = (log: ReturnType<typeof eventLog>['log'], reason: string) => log.emit('supervisor.stopping', { reason });
  const reasons = (log: ReturnType<typeof eventLog>['log'], after: number, limit?: number) =>
    log.since(after, limit).map(({ number, event }) => `${number} ${event.fields['reason']}`);

  it('returns what came after a number, in order', () => {
    const { log } = eventLog();
    for (const reason of ['a', 'b', 'c']) stop(log, reason);
    expect(log.last).toBe(3);
    expect(reasons(log, 0)).toEqual(['1 a', '2 b', '3 c']);
    expect(reasons(log, 1)).toEqual(['2 b', '3 c']);
    expect(reasons(log, 0, 2)).toEqual(['1 a', '2 b']);
    expect(reasons(log, 3)).toEqual([]);
    expect(reasons(log, 99)).toEqual([]);
  });

  it('forgets the oldest beyond its capacity', () => {
    const { log } = eventLog({ capacity: 2 });
    for (const reason of ['a', 'b', 'c']) stop(log, reason);
    expect(log.first).toBe(2);
    expect(reasons(log, 0)).toEqual(['2 b', '3 c']);
  });

  it('forgets what is too old', () => {
    const { log, clock } = eventLog({ maxAgeMs: 1_000 });
    stop(log, 'a');
    clock.now += 1_001;
    stop(log, 'b');
    expect(reasons(log, 0)).toEqual(['2 b']);
  });
});

describe('an event that repeats', () => {
  it('is reported at once, then once per 10 s with the number it stands for', () => {
    vi.useFakeTimers({ now: start });
    try {
      const seen: LoggedEvent[] = [];
      const log = createEventLog({ sinks: [(event) => seen.push(event)] });
      for (let request = 0; request < 500; request += 1) log.emit('queue.full', { pool: 'shop', limit: 1_000 });
      log.emit('queue.full', { pool: 'blog', limit: 10 });
      expect(seen.map(({ fields }) => fields)).toEqual([
        { pool: 'shop', limit: 1_000 },
        { pool: 'blog', limit: 10 },
      ]);
      vi.advanceTimersByTime(10_000);
      expect(seen.slice(2).map(({ fields }) => fields)).toEqual([{ pool: 'shop', limit: 1_000, repeated: 499 }]);
      expect(seen[2]?.message).toMatch(/\(499 more in the last 10 s\)$/);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is reported at close when it is still held', () => {
    const { log, seen } = eventLog();
    log.emit('queue.full', { pool: 'shop', limit: 1 });
    log.emit('queue.full', { pool: 'shop', limit: 1 });
    log.close();
    expect(seen.map(({ fields }) => fields['repeated'])).toEqual([undefined, 1]);
  });
});
