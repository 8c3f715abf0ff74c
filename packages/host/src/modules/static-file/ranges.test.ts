import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRange } from './ranges.ts';

const size = 1_000;

describe('parseRange', () => {
  it.each([
    ['bytes=0-99', [[0, 99]]],
    ['bytes=900-', [[900, 999]]],
    ['bytes=-1', [[999, 999]]],
    ['bytes=-2000', [[0, 999]]],
    ['bytes=999-5000', [[999, 999]]],
    ['BYTES=0-0', [[0, 0]]],
    ['bytes=0-18446744073709551615', [[0, 999]]],
    ['bytes=0-18446744073709551616', [[0, 999]]],
    ['bytes=-18446744073709551615', [[0, 999]]],
    [
      'bytes=0-9, 20-29',
      [
        [0, 9],
        [20, 29],
      ],
    ],
    [
      'bytes=20-29,0-9',
      [
        [20, 29],
        [0, 9],
      ],
    ],
    ['bytes=0-9,5-20', [[0, 20]]],
    ['bytes=0-9,10-19', [[0, 19]]],
    ['bytes=500-,0-999', [[0, 999]]],
    ['bytes=0-9,2000-', [[0, 9]]],
    ['bytes=,0-9,', [[0, 9]]],
    ['bytes=1000-', 'unsatisfiable'],
    ['bytes=18446744073709551615-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-4', 'whole'],
    ['bytes=18446744073709551617-18446744073709551616', 'whole'],
    ['bytes=a-b', 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=', 'whole'],
    ['bytes=1', 'whole'],
    ['bytes=0-9,x', 'whole'],
    ['bytes=0x0-0x9', 'whole'],
    ['lines=0-9', 'whole'],
    ['0-9', 'whole'],
    [
      `bytes=${Array.from({ length: 16 }, (_, i) => `${i * 10}-${i * 10}`).join()}`,
      Array.from({ length: 16 }, (_, i) => [i * 10, i * 10]),
    ],
    [`bytes=${Array.from({ length: 17 }, (_, i) => `${i * 10}-${i * 10}`).join()}`, 'whole'],
    [`bytes=${'0-,'.repeat(100_000)}`, 'whole'],
  ])('H-136 %.50s', (field, expected) => {
    const ranges = parseRange(field, size);
    expect(typeof ranges === 'string' ? ranges : ranges.map(({ first, last }) => [first, last])).toEqual(expected);
  });

  it('has no satisfiable range in an empty file', () => {
    expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable');
    expect(parseRange('bytes=-5', 0)).toBe('unsatisfiable');
  });

  it('stays inside the file and sends no byte twice', () => {
    const digits = fc.oneof(
      fc.nat(1_200).map(String),
      fc.constant(''),
      fc.bigInt({ min: 0n, max: 2n ** 70n }).map(String),
    );
    const items = fc.array(
      fc.tuple(digits, digits).map(([first, last]) => `${first}-${last}`),
      { maxLength: 17 },
    );
    fc.assert(
      fc.property(items, fc.nat(1_000), (list, length) => {
        const ranges = parseRange(`bytes=${list.join(',')}`, length);
        if (typeof ranges === 'string') return;
        const seen = new Set<number>();
        for (const { first, last } of ranges) {
          expect(first).toBeGreaterThanOrEqual(0);
          expect(last).toBeLessThan(length);
          for (let position = first; position <= last; position += 1) {
            expect(seen.has(position)).toBe(false);
            seen.add(position);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
