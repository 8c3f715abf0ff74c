import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../testing/vectors.json';
import { formatInstant, parseInstant, revocationStamp } from './date-text.ts';
import { latestInstant } from './instant.ts';

const instant = (text: string): bigint => parseInstant(text)?.instant ?? -1n;

describe('parseInstant', () => {
  it.each(vectors.keyXml.dates.readAccepted)('D-16 reads %s', (text) => {
    expect(parseInstant(text)).toBeDefined();
  });

  it.each([
    ...vectors.keyXml.dates.readRejected,
    '',
    '2015',
    '2015-03',
    '2015-02-29',
    '2015-13-01',
    '0000-01-01',
    '12015-01-01T00:00:00Z',
    '-2015-01-01T00:00:00Z',
    '2015-03-19T24:00:00Z',
    '2015-03-19T23:60:00Z',
    '2015-03-19T23:59:60Z',
    '2015-03-19T23:32Z',
    '2015-03-19T23:32:02.Z',
    '2015-03-19T23:32:02 Z',
    '2015-03-19t23:32:02z',
    '2015-03-19 23:32:02Z',
    '2015-03-19T23:32:02+02',
    '2015-03-19T23:32:02+0200',
    '2015-03-19T23:32:02+14:01',
    '2015-03-19T23:32:02+01:60',
    '9999-12-31T23:59:59.99999999Z',
    '9999-12-31T23:59:59-01:00',
    '0001-01-01T00:00:00+01:00',
    `2015-03-19T23:32:02.${'0'.repeat(100)}1Z`,
  ])('D-16 refuses "%s", as .NET does or where it is no date', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  // Ticks as .NET 10 computes them.
  it.each([
    ['2015-03-19T23:32:02.39498871234Z', 635_624_047_223_949_887n],
    ['2015-03-19T23:32:02.39498875Z', 635_624_047_223_949_888n],
    ['2015-03-19T23:32:02.39498865Z', 635_624_047_223_949_886n],
    ['2015-03-19T23:32:02.394988650Z', 635_624_047_223_949_886n],
    ['2015-03-19T23:32:02.394988651Z', 635_624_047_223_949_887n],
    ['2015-03-19T23:32:02.99999999Z', 635_624_047_230_000_000n],
    ['2015-03-19Z', 635_623_200_000_000_000n],
    ['2015-03-19+02:00', 635_623_128_000_000_000n],
    ['2015-03-19T23:32:02-00:00', 635_624_047_220_000_000n],
    ['2015-03-19T23:32:02+14:00', 635_623_543_220_000_000n],
    ['0001-01-01T00:00:00Z', 0n],
    ['\t2015-03-19T23:32:02Z\n', 635_624_047_220_000_000n],
    ['\u00a02015-03-19T23:32:02Z', 635_624_047_220_000_000n],
  ])('D-16 reads %s to the tick', (text, ticks) => {
    expect(instant(text)).toBe(ticks);
  });

  it('takes a missing offset for UTC and says so', () => {
    expect(parseInstant('2015-03-19T23:32:02')).toEqual({
      ...parseInstant('2015-03-19T23:32:02Z'),
      offsetMissing: true,
    });
    expect(parseInstant('2015-03-19T23:32:02Z')?.offsetMissing).toBe(false);
    expect(parseInstant('2015-03-19T23:32:02+00:00')?.offsetMissing).toBe(false);
  });

  it('reads what it wrote', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, latestInstant), fc.integer({ min: -840, max: 840 }), (ticks, offset) => {
        const shifted = ticks + BigInt(offset) * 600_000_000n;
        fc.pre(shifted >= 0n && shifted <= latestInstant);
        expect(instant(formatInstant(ticks, offset))).toBe(ticks);
      }),
    );
  });
});

describe('formatInstant', () => {
  it.each([
    ['2026-01-02T03:04:05.1234567Z', 0, '2026-01-02T03:04:05.1234567Z'],
    ['2026-01-02T03:04:05Z', 0, '2026-01-02T03:04:05Z'],
    ['2026-04-02T10:04:05Z', -420, '2026-04-02T03:04:05-07:00'],
    ['2026-04-02T03:04:05.12Z', 0, '2026-04-02T03:04:05.12Z'],
    ['0001-01-01T00:00:00.0000001Z', 0, '0001-01-01T00:00:00.0000001Z'],
    ['1969-12-31T23:59:59.9999999Z', 330, '1970-01-01T05:29:59.9999999+05:30'],
  ])('D-16 writes %s with offset %i as %s', (text, offset, written) => {
    expect(formatInstant(instant(text), offset)).toBe(written);
  });

  it('D-16 writes the published forms', () => {
    const written = vectors.keyXml.dates.write.map(([, text]) => text ?? '');
    expect(written.map((text) => formatInstant(instant(text), text.endsWith('-07:00') ? -420 : 0))).toEqual(written);
  });
});

describe('an instant that .NET has not', () => {
  it.each([-1n, latestInstant + 1n])('%d is not written: no reader would take it', (impossible) => {
    expect(() => formatInstant(impossible)).toThrow(RangeError);
    expect(() => revocationStamp(impossible)).toThrow(RangeError);
  });
});

describe('revocationStamp', () => {
  it.each(vectors.keyXml.revocationFileStamps)('D-21 $instant is $stamp', ({ instant: text, stamp }) => {
    expect(revocationStamp(instant(text))).toBe(stamp);
  });
});
