import { describe, expect, it } from 'vitest';
import { entityTagOf, namesEntityTag } from './entity-tag.ts';

describe('entityTagOf', () => {
  it.each([
    [0n, 0, '', '"19db1ded53e8000:0"'],
    [1_700_000_000_000_000_000n, 255, '', '"1da1747c66d0000:ff"'],
    [1_700_000_000_000_000_199n, 255, '', '"1da1747c66d0001:ff"'],
    [0n, 1, 'br', '"19db1ded53e8000:1-br"'],
    [-99_999_999_999_999_999_999n, 0, '', '"0:0"'],
  ])('is the time of change in ticks and the size: %s %s %s → %s', (mtimeNs, size, coding, expected) => {
    expect(entityTagOf(mtimeNs, size, coding)).toBe(expected);
  });
});

describe('namesEntityTag', () => {
  const tag = '"a:0"';
  it.each([
    ['"a:0"', true, true],
    ['W/"a:0"', true, false],
    ['"b", "a:0"', true, true],
    ['"b","a:0","c"', true, true],
    [' , "a:0" ,', true, true],
    ['*', true, true],
    [' * ', true, true],
    ['"b"', false, false],
    ['a:0', false, false],
    ['"a:0', false, false],
    ['w/"a:0"', false, false],
    ['"x" "a:0"', false, false],
    ['', false, false],
    [`${'"x",'.repeat(1_000)}"a:0"`, true, true],
    [`"x" \t, \t"a:0"${' '.repeat(15_000)}`, true, true],
    [`"x",${' '.repeat(15_000)}x, "a:0"`, false, false],
  ])('%.40s: weak %s, strong %s', (field, weak, strong) => {
    expect(namesEntityTag(field, tag, true)).toBe(weak);
    expect(namesEntityTag(field, tag, false)).toBe(strong);
  });
});
