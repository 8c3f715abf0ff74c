import fc from 'fast-check';
import { expect, it } from 'vitest';
import { percentDecode, percentEncode } from './percent-encoding.ts';
import { RequestCookies } from './request-cookies.ts';

// What ASP.NET Core 10 reads from these fields.
it.each([
  ['a=1; a=2', { a: '2' }],
  ['a=1; A=2', { a: '2', A: '2' }],
  ['a="x y"; b=2', { a: null, b: '2' }],
  ['a="xy"; b=2', { a: '"xy"', b: '2' }],
  ['a=x,b=2', { a: null, b: null }],
  ['a=%2B+%zz%41; b', { a: '++%zzA', b: null }],
  ['a%41=1', { 'a%41': '1', aA: null }],
  ['a =1; b= 2', { a: null, b: null }],
  ['=1; c=3', { '': null, c: '3' }],
  ['a=;b=2', { a: null, b: '2' }],
  ['x=a=b; c=d', { x: 'a=b', c: 'd' }],
  ['a=b c; d=e', { a: null, d: 'e' }],
  ['a=b\\c; d=e', { a: null, d: 'e' }],
  ['a=1;;b=2', { a: '1', b: '2' }],
  ['a=%ff; b=%c3%bc', { a: '%ff', b: 'ü' }],
])('reads %j', (header, expected: Record<string, string | null>) => {
  const cookies = new RequestCookies(header);
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, cookies.get(name)]))).toEqual(expected);
});

it('has no cookies without a field, or with one that is too long', () => {
  expect(new RequestCookies(undefined).get('a')).toBeNull();
  expect(new RequestCookies(null).get('a')).toBeNull();
  expect(new RequestCookies('a=1').get('a')).toBe('1');
  expect(new RequestCookies('a=1', 2).get('a')).toBeNull();
  expect(new RequestCookies(`a=1; b=${'x'.repeat(65_536)}`).get('a')).toBeNull();
});

it('takes any field', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (header) => {
      new RequestCookies(header).get('a');
    }),
  );
});

it('finds every value that was percent-encoded', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.isWellFormed()),
      (value) => {
        expect(percentDecode(percentEncode(value))).toBe(value);
        expect(new RequestCookies(`x=1; a=${percentEncode(value)}; y=1`).get('a')).toBe(value);
      },
    ),
  );
});

it('encodes all but letters, digits and four marks', () => {
  expect(percentEncode("azAZ09-._~!'()*+/ ü")).toBe('azAZ09-._~%21%27%28%29%2A%2B%2F%20%C3%BC');
});
