import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRepeatLimit } from './repeat-limit.ts';

const limit = () => createRepeatLimit<string>({ intervalMs: 10 });

describe('repeat limit', () => {
  it('reports the first at once and holds the next ones', () => {
    const repeats = limit();
    expect(repeats.offer('a', 'first', 0)).toBe(true);
    expect(repeats.offer('a', 'second', 1)).toBe(false);
    expect(repeats.offer('b', 'other key', 1)).toBe(true);
  });

  it('returns the latest with the number it stands for, once, when the interval ends', () => {
    const repeats = limit();
    for (const now of [0, 1, 2, 9]) repeats.offer('a', `at ${now}`, now);
    expect(repeats.nextDue()).toBe(10);
    expect(repeats.due(9)).toEqual([]);
    expect(repeats.due(10)).toEqual([{ value: 'at 9', repeated: 3 }]);
    expect(repeats.due(11)).toEqual([]);
    expect(repeats.nextDue()).toBeUndefined();
  });

  it('opens the next interval with what it reported', () => {
    const repeats = limit();
    repeats.offer('a', '1', 0);
    repeats.offer('a', '2', 1);
    repeats.due(10);
    expect(repeats.offer('a', '3', 15)).toBe(false);
    expect(repeats.due(20)).toEqual([{ value: '3', repeated: 1 }]);
  });

  it('reports at once again after a quiet interval', () => {
    const repeats = limit();
    repeats.offer('a', '1', 0);
    expect(repeats.offer('a', '2', 10)).toBe(true);
  });

  it('does not report past what it holds', () => {
    const repeats = limit();
    repeats.offer('a', '1', 0);
    repeats.offer('a', '2', 5);
    expect(repeats.offer('a', '3', 12)).toBe(false);
    expect(repeats.due(12)).toEqual([{ value: '3', repeated: 2 }]);
  });

  it('releases everything at the end of time', () => {
    const repeats = limit();
    repeats.offer('a', '1', 0);
    repeats.offer('a', '2', 1);
    expect(repeats.due(Number.POSITIVE_INFINITY)).toHaveLength(1);
    expect(repeats.nextDue()).toBeUndefined();
  });

  it('forgets a key rather than watch more than it may', () => {
    const repeats = createRepeatLimit<string>({ intervalMs: 10, maxKeys: 2 });
    repeats.offer('a', '', 0);
    repeats.offer('a', 'held', 1);
    repeats.offer('b', '', 1);
    repeats.offer('c', '', 2);
    expect(repeats.offer('b', '', 3)).toBe(true);
    expect(repeats.due(10).map(({ value }) => value)).toEqual(['held']);
  });

  it('accounts for every event, whatever the order of times and keys', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(30), fc.boolean()));
    fc.assert(
      fc.property(steps, (events) => {
        const repeats = limit();
        let now = 0;
        let reported = 0;
        for (const [key, later, ask] of events) {
          now += later;
          if (repeats.offer(key, '', now)) reported += 1;
          if (ask) for (const { repeated } of repeats.due(now)) reported += repeated;
        }
        for (const { repeated } of repeats.due(Number.POSITIVE_INFINITY)) reported += repeated;
        expect(reported).toBe(events.length);
      }),
    );
  });
});
