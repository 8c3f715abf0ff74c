import { describe, expect, it } from 'vitest';
import { createFreshCache } from './fresh-cache.ts';

const create = (maxEntries = 3, maxWeight = 10) =>
  createFreshCache<string>({ freshMs: 100, maxEntries, maxWeight, weigh: (value) => value.length });

describe('createFreshCache', () => {
  it('forgets after its time, but can still be asked', () => {
    const cache = create();
    cache.set('a', 'x', 0);
    expect(cache.get('a', 99)).toBe('x');
    expect(cache.get('a', 100)).toBeUndefined();
    expect(cache.peek('a')).toBe('x');
  });

  it('drops what was set first when there are too many', () => {
    const cache = create();
    for (const key of ['a', 'b', 'c']) cache.set(key, 'x', 0);
    cache.set('a', 'y', 0);
    cache.set('d', 'x', 0);
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key, 0))).toEqual(['y', undefined, 'x', 'x']);
  });

  it('drops until the weight fits, and takes nothing that never would', () => {
    const cache = create();
    cache.set('a', 'xxxxx', 0);
    cache.set('b', 'xxxxxx', 0);
    expect(cache.get('a', 0)).toBeUndefined();
    cache.set('c', 'x'.repeat(11), 0);
    expect(cache.get('c', 0)).toBeUndefined();
    expect(cache.get('b', 0)).toBe('xxxxxx');
    cache.delete('b');
    cache.set('d', 'x'.repeat(10), 0);
    expect(cache.get('d', 0)).toBeDefined();
  });
});
