import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dueSchedule } from './schedule.ts';

// Berlin: the hour from 02:00 does not exist on 2026-03-29 and comes twice on 2026-10-25.
const before = process.env['TZ'];
beforeAll(() => void (process.env['TZ'] = 'Europe/Berlin'));
afterAll(() => void (process.env['TZ'] = before));

const at = (text: string): number => new Date(text).getTime();
const halfPastTwo = 150;

describe('a daily time', () => {
  it.each([
    ['2026-11-22T02:29:59+01:00', '2026-11-22T02:30:00+01:00', '02:30'],
    ['2026-11-22T02:30:00+01:00', '2026-11-22T02:30:00.500+01:00', undefined],
    ['2026-11-21T23:59:00+01:00', '2026-11-22T02:31:00+01:00', '02:30'],
    ['2026-11-22T02:31:00+01:00', '2026-11-22T23:00:00+01:00', undefined],
  ])('between %s and %s: %s', (after, until, due) => {
    expect(dueSchedule([halfPastTwo], at(after), at(until))).toBe(due);
  });

  it('P-55 in the gap of spring it is the first instant after it', () => {
    expect(dueSchedule([halfPastTwo], at('2026-03-29T01:59:59+01:00'), at('2026-03-29T03:00:00+02:00'))).toBe('02:30');
    expect(
      dueSchedule([halfPastTwo], at('2026-03-29T03:00:00+02:00'), at('2026-03-29T12:00:00+02:00')),
    ).toBeUndefined();
  });

  it('P-56 in autumn it comes once', () => {
    expect(dueSchedule([halfPastTwo], at('2026-10-25T02:29:00+02:00'), at('2026-10-25T02:31:00+02:00'))).toBe('02:30');
    expect(
      dueSchedule([halfPastTwo], at('2026-10-25T02:29:00+01:00'), at('2026-10-25T02:31:00+01:00')),
    ).toBeUndefined();
  });
});
