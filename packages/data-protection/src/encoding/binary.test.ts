import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EncodingError } from '../errors/encoding-error.ts';
import { vectors } from '../testing/vectors.ts';
import { BinaryReader } from './binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';
import { sevenBitSize } from './seven-bit-integer.ts';

const reader = (hex: string): BinaryReader => new BinaryReader(Buffer.from(hex, 'hex'));

describe('lengths in groups of 7 bits', () => {
  it.each(vectors.sevenBitLengths)('D-39 $value is $hex', ({ value, hex }) => {
    expect(new BinaryWriter().sevenBitInteger(value).toBuffer().toString('hex')).toBe(hex);
    expect(sevenBitSize(value)).toBe(hex.length / 2);
    expect(reader(hex).sevenBitInteger()).toBe(value);
  });

  it('may be longer than needed', () => expect(reader('8000').sevenBitInteger()).toBe(0));

  it.each([
    ['negative', 'ffffffff08'],
    ['with more than five groups', 'ffffffff8700'],
    ['that do not end', '8080'],
    ['of nothing', ''],
  ])('refuses lengths %s', (_, hex) => expect(() => reader(hex).sevenBitInteger()).toThrow(EncodingError));
});

describe('BinaryReader', () => {
  it('reads the forms of .NET', () => {
    const data = reader('ff 01 00 feffffff 0100000000000080 8000000000000001 03e282ac aabb'.replaceAll(' ', ''));
    expect([data.byte(), data.boolean(), data.boolean()]).toEqual([255, true, false]);
    expect(data.int32()).toBe(-2);
    expect(data.int64()).toBe(-(2n ** 63n) + 1n);
    expect(data.int64BigEndian()).toBe(-(2n ** 63n) + 1n);
    expect(data.string()).toBe('€');
    expect(data.bytes(2).toString('hex')).toBe('aabb');
    expect(data.remaining).toBe(0);
  });

  it.each<[string, string, (data: BinaryReader) => unknown]>([
    ['a byte', '', (data) => data.byte()],
    ['a boolean', '', (data) => data.boolean()],
    ['a number of 32 bits', '000000', (data) => data.int32()],
    ['a number of 64 bits', '00000000000000', (data) => data.int64()],
    ['bytes', '0000', (data) => data.bytes(3)],
    ['a string longer than all there is', 'ffffffff0761', (data) => data.string()],
    ['a string of ill-formed UTF-8', '01ff', (data) => data.string()],
    ['bytes less than none', '0000', (data) => data.bytes(-1)],
  ])('refuses %s', (_, hex, read) => expect(() => read(reader(hex))).toThrow(EncodingError));

  it('reads what BinaryWriter wrote', () => {
    const value = fc.oneof(
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((number) => ({ kind: 'int32' as const, value: number })),
      fc
        .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
        .map((number) => ({ kind: 'int64' as const, value: number })),
      fc.boolean().map((flag) => ({ kind: 'boolean' as const, value: flag })),
      fc.string({ unit: 'grapheme', maxLength: 200 }).map((text) => ({ kind: 'string' as const, value: text })),
    );
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const writer = new BinaryWriter();
        for (const one of values) (writer[one.kind] as (value: unknown) => unknown).call(writer, one.value);
        const data = new BinaryReader(writer.toBuffer());
        for (const one of values) expect(data[one.kind]()).toBe(one.value);
        expect(data.remaining).toBe(0);
      }),
    );
  });

  it('never reads beyond the end, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 20 }),
        fc.array(fc.constantFrom('string', 'int32', 'int64')),
        (bytes, kinds) => {
          const data = new BinaryReader(bytes);
          try {
            for (const kind of kinds) data[kind as 'string']();
          } catch (error) {
            expect(error).toBeInstanceOf(EncodingError);
          }
          expect(data.remaining).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

describe('BinaryWriter', () => {
  it('grows', () => {
    const long = 'x'.repeat(10_000);
    expect(new BinaryReader(new BinaryWriter().string(long).toBuffer()).string()).toBe(long);
  });

  it('refuses a surrogate without its other half', () => {
    expect(() => new BinaryWriter().string('\ud800')).toThrow(EncodingError);
  });

  it('refuses more than its limit', () => {
    expect(() => new BinaryWriter(4).int32(1).byte(1)).toThrow(new EncodingError('The data are longer than 4 bytes.'));
  });

  it('gives a copy', () => {
    const writer = new BinaryWriter().byte(1);
    writer.toBuffer()[0] = 2;
    expect(writer.toBuffer()[0]).toBe(1);
  });
});
