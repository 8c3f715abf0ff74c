import { expect, it } from 'vitest';
import { listItems, trimBlanks } from './list-items.ts';

it.each([
  ['', ''],
  [' \t ', ''],
  ['a', 'a'],
  ['\t a b \t', 'a b'],
  ['\xa0a\xa0', '\xa0a\xa0'],
  [`a${' '.repeat(16_000)}b`, `a${' '.repeat(16_000)}b`],
])('trims blanks of %j', (value, trimmed) => {
  expect(trimBlanks(value)).toBe(trimmed);
});

it('keeps empty items, which some lists forbid', () => {
  expect(listItems('A ,, \tb\xa0')).toEqual(['a', '', 'b\xa0']);
});
