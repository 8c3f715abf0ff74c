import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EncodingError } from '../errors/encoding-error.ts';
import { vectors } from '../testing/vectors.ts';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';

describe('decodeBase64Url', () => {
  it.each(vectors.base64url)('D-47 reads $text as known', ({ text, hex, error }) => {
    if (error === true) expect(() => decodeBase64Url(text)).toThrow(EncodingError);
    else expect(decodeBase64Url(text).toString('hex')).toBe(hex);
  });

  it.each([
    ['the other alphabet', '+/8', 'fbff'],
    ['both alphabets at once', '+_8', 'fbff'],
    ['padding', '-_8=', 'fbff'],
    ['two characters of padding', '-w==', 'fb'],
    ['bits that the last character does not need', '-_9', 'fbff'],
    ['such bits before padding', '-x==', 'fb'],
  ])('D-47 takes %s', (_, text, hex) => expect(decodeBase64Url(text).toString('hex')).toBe(hex));

  it.each([
    ['a length that nothing has', 'AAAAA'],
    ['padding where none belongs', 'AAAA='],
    ['padding of a length that nothing has', 'A==='],
    ['too little padding', 'AA='],
    ['too much padding', 'AAA=='],
    ['padding in the middle', 'AA==AAAA'],
    ['padding alone', '='],
    ['a blank', 'AA AA'],
    ['a blank at the end', 'AAAA '],
    ['a line feed at the end', 'AAAA\n'],
    ['a NUL', 'AAA\0'],
    ['a dot', 'AAA.'],
    ['a tilde', 'AA~A'],
    ['a character whose low byte is a letter', 'AAA\u0141'],
    ['a surrogate', 'AAA\ud841'],
    ['a full-width letter', 'AAA\uff21'],
  ])('D-47 refuses %s', (_, text) => expect(() => decodeBase64Url(text)).toThrow(EncodingError));

  // What is in the body of a request may be anything; Buffer.from would make as many bytes as that says.
  it.each([[{ length: 2 ** 50 }], [{ length: 4 }], [['AAAA']], [4], [null], [undefined]])('refuses %j', (value) => {
    expect(() => decodeBase64Url(value as unknown as string)).toThrow(EncodingError);
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(decodeBase64Url(encodeBase64Url(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('takes nothing but what the rules say', () => {
    const character = fc.oneof(fc.constantFrom(...'ABab01-_+/='), fc.string({ unit: 'binary', maxLength: 1 }));
    fc.assert(
      fc.property(fc.array(character, { maxLength: 12 }), (characters) => {
        const text = characters.join('');
        const body = text.replace(/={1,2}$/, '');
        const legal =
          /^[A-Za-z0-9_+/-]*$/.test(body) && (body === text ? text.length % 4 !== 1 : text.length % 4 === 0);
        if (legal) expect(decodeBase64Url(text)).toHaveLength(Math.floor((body.length * 3) / 4));
        else expect(() => decodeBase64Url(text)).toThrow(EncodingError);
      }),
    );
  });
});
