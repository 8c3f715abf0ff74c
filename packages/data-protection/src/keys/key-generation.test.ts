import { describe, expect, it } from 'vitest';
import { at, keyIdOf } from '../testing/elements.ts';
import { latestInstant, ticksPerDay } from '../time/instant.ts';
import { newKeyDates } from './key-generation.ts';
import type { Key } from './key.ts';

const now = at('2026-03-01T00:00:00Z');
const lifetime = 90n * ticksPerDay;
const days = (count: number): bigint => now + BigInt(Math.round(count * 1000)) * (ticksPerDay / 1000n);

function key(id: number, active: number, expires: number, isRevoked = false): Key {
  return {
    keyId: keyIdOf(id),
    creationDate: days(active - 3),
    activationDate: days(active),
    expirationDate: days(expires),
    isRevoked,
    createEncryptor: () => Promise.reject(new Error('not asked for here')),
  };
}

describe('newKeyDates', () => {
  const current = key(1, -80, 2);

  it.each<[string, Key[], Key | undefined, ReturnType<typeof dates> | undefined]>([
    ['D-23 nothing there: active now', [], undefined, dates(0, 90)],
    ['D-23 no default key although there are others', [key(1, -100, -1)], undefined, dates(0, 90)],
    ['the default key lasts three more days', [key(1, -80, 3)], key(1, -80, 3), undefined],
    [
      'D-24 it does not: active when the old one expires, expires a lifetime after now',
      [current],
      current,
      dates(2, 90),
    ],
    ['D-25 a successor is there', [current, key(2, 2, 92)], current, undefined],
    ['D-25 a successor within the skew of clocks is there', [current, key(2, 2.003, 92)], current, undefined],
    ['the successor comes too late', [current, key(2, 2.1, 92)], current, dates(2, 90)],
    ['the successor is revoked', [current, key(2, 2, 92, true)], current, dates(2, 90)],
    ['the successor expires soon, too', [current, key(2, 1, 2.5)], current, dates(2, 90)],
  ])('%s', async (_, keys, defaultKey, expected) => {
    expect(await newKeyDates(keys, defaultKey, now, lifetime, () => Promise.resolve(true))).toEqual(expected);
  });

  it('counts no successor whose secret cannot be had', async () => {
    const canUse = ({ keyId }: Key): Promise<boolean> => Promise.resolve(keyId !== keyIdOf(2));
    expect(await newKeyDates([current, key(2, 2, 92)], current, now, lifetime, canUse)).toEqual(dates(2, 90));
  });

  it('does not leave the calendar', async () => {
    const made = await newKeyDates([], undefined, now, 10_000n * 366n * ticksPerDay, () => Promise.resolve(true));
    expect(made?.expirationDate).toBe(latestInstant);
  });
});

function dates(active: number, expires: number): { activationDate: bigint; expirationDate: bigint } {
  return { activationDate: days(active), expirationDate: days(expires) };
}
