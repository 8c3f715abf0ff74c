import { describe, expect, it } from 'vitest';
import { vectors } from '../testing/vectors.ts';
import { parseInstant } from '../time/date-text.ts';
import { resolveDefaultKey } from './default-key.ts';
import type { Key } from './key.ts';

const { cases } = vectors.defaultKeyResolution;

/**
 * Cases of a rule that .NET's sources had in 2024 and no release has: 8.0.31, 9.0.20 and 10.0.12 take the key activated
 * last, however new it is.
 */
const asReleased: Readonly<Record<string, number>> = { 'propagated-preferred': 2, 'older-unpropagated-preferred': 1 };

describe('resolveDefaultKey', () => {
  it.each(cases.map((vector) => [vector.name, vector] as const))('D-22 %s', async (_, vector) => {
    const keys = vector.keys.map(keyOf);
    const canUse = (key: Key): Promise<boolean> =>
      Promise.resolve(!vector.keys.some((given) => given.encryptorThrows === true && idOf(given.id) === key.keyId));
    const { defaultKey, fallbackKey } = await resolveDefaultKey(keys, instant(vector.now), canUse);
    const expected = asReleased[vector.name] ?? vector.default;
    expect(defaultKey?.keyId).toBe(expected === null ? undefined : idOf(expected));
    if (vector.fallback !== undefined) {
      expect(fallbackKey?.keyId).toBe(vector.fallback === null ? undefined : idOf(vector.fallback));
    }
  });

  it('orders keys of one instant by their id', async () => {
    const keys = [3, 1, 2].map((id) =>
      keyOf({ id, activation: '2015-03-01', expiration: '2016-03-01', creation: '2015-01-01' }),
    );
    const resolved = await resolveDefaultKey(keys, instant('2015-04-01'), () => Promise.resolve(true));
    expect(resolved.defaultKey?.keyId).toBe(idOf(1));
  });
});

function keyOf(given: (typeof cases)[number]['keys'][number]): Key {
  return {
    keyId: idOf(given.id),
    creationDate: instant(given.creation),
    activationDate: instant(given.activation),
    expirationDate: instant(given.expiration),
    isRevoked: given.revoked ?? false,
    createEncryptor: () => Promise.reject(new Error('not asked for here')),
  };
}

function idOf(number: number): string {
  return `00000000-0000-0000-0000-${number.toString().padStart(12, '0')}`;
}

function instant(text: string): bigint {
  const parsed = parseInstant(text);
  if (parsed === undefined) throw new Error(text);
  return parsed.instant;
}
