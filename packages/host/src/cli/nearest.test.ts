import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

describe('nearest', () => {
  it.each([
    ['shwo', ['show', 'stop'], ['show']],
    ['shpo', ['blog', 'shop', 'shops'], ['shop']],
    ['recylce', ['recycle', 'run'], ['recycle']],
    ['STATUS', ['status'], ['status']],
    ['xyz', ['status', 'run'], []],
    ['', ['run'], []],
  ])('of %j among %j are %j', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toEqual(expected);
  });
});

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['a', '', 1],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['abc', 'abc', 0],
  ])('%j to %j: %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is symmetric, and zero only for equal words', () => {
    const word = fc.stringMatching(/^[abc]{0,8}$/);
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
    );
  });
});
