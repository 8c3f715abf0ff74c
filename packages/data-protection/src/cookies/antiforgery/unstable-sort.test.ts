import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sortAsDotnet } from './unstable-sort.ts';

const sorted = (keys: readonly string[]) => {
  const items = keys.map((key, index) => ({ key, index }));
  sortAsDotnet(items, (one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0));
  return items;
};

it('sorts', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { size: '+1', maxLength: 300 }), (keys) => {
      const items = sorted(keys);
      expect(items.map(({ key }) => key)).toEqual(keys.toSorted());
      expect(items.map(({ index }) => index).toSorted((one, other) => one - other)).toEqual(
        keys.map((_, index) => index),
      );
    }),
  );
});

// The order in which List<T>.Sort of .NET 10 leaves the places of these keys, some of which are equal.
it.each([
  ['bba', [2, 1, 0]],
  ['cacab', [1, 3, 4, 0, 2]],
  ['aabbccaabbccaabbccaabb', [0, 1, 19, 18, 6, 7, 13, 12, 15, 14, 21, 9, 8, 3, 2, 20, 11, 5, 4, 16, 17, 10]],
  [
    'abcabcabcabcabcabcabcabcabc',
    [0, 24, 3, 21, 6, 18, 9, 15, 12, 22, 19, 16, 25, 13, 10, 7, 4, 1, 14, 8, 17, 5, 20, 2, 23, 11, 26],
  ],
])('leaves %s as .NET does', (keys, order) => {
  expect(sorted([...keys]).map(({ index }) => index)).toEqual(order);
});
