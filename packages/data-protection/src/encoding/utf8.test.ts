import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EncodingError } from '../errors/encoding-error.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

describe('encodeUtf8', () => {
  it.each([
    ['the first half of a pair', '\ud800'],
    ['the second half', '\udfff'],
    ['halves in the wrong order', '\udc00\ud800'],
    ['a half before a letter', '\ud83da'],
  ])('D-43 refuses %s', (_, text) => expect(() => encodeUtf8(text)).toThrow(EncodingError));

  it('adds no byte order mark', () => expect(encodeUtf8('é😀').toString('hex')).toBe('c3a9f09f9880'));
});

describe('decodeUtf8', () => {
  it.each([
    ['a byte that nothing begins with', 'ff'],
    ['a cut sequence', 'e282'],
    ['an overlong form', 'c0af'],
    ['a surrogate', 'eda080'],
    ['more than U+10FFFF', 'f4908080'],
    ['a continuation without beginning', '80'],
  ])('refuses %s', (_, hex) => expect(() => decodeUtf8(Buffer.from(hex, 'hex'))).toThrow(EncodingError));

  it('keeps a byte order mark', () => expect(decodeUtf8(Buffer.from('efbbbf61', 'hex'))).toBe('\ufeffa'));

  it('reads a view of a larger array', () => {
    expect(decodeUtf8(Uint8Array.of(120, 97, 98, 120).subarray(1, 3))).toBe('ab');
  });

  it('reads back every text that has bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (text.isWellFormed()) expect(decodeUtf8(encodeUtf8(text))).toBe(text);
        else expect(() => encodeUtf8(text)).toThrow(EncodingError);
      }),
    );
  });
});
