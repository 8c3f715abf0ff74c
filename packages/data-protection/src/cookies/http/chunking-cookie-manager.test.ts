import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vectors } from '../../testing/vectors.ts';
import { ChunkingCookieManager } from './chunking-cookie-manager.ts';
import { RequestCookies } from './request-cookies.ts';
import { formatSetCookie } from './set-cookie.ts';

const manager = new ChunkingCookieManager();

/** What a browser sends back. */
const cookiesOf = (fields: readonly string[]) =>
  new RequestCookies(fields.map((field) => field.slice(0, field.indexOf(';'))).join('; '), Infinity);

describe('writing', () => {
  it.each(vectors.cookieChunking.cases)('D-69 $templateLength + $valueLength characters', (vector) => {
    const name = 'n'.repeat(vector.templateLength - '=; path=/'.length);
    expect(formatSetCookie(name, '')).toHaveLength(vector.templateLength);
    const set = () => manager.set(name, 'v'.repeat(vector.valueLength));
    if (vector.error !== undefined) return expect(set).toThrow('leave no room for data');
    const fields = set();
    if (!vector.chunked) return expect(fields).toEqual([`${name}=${'v'.repeat(vector.valueLength)}; path=/`]);
    const { chunks = 0, dataPerCookie } = vector;
    expect(fields).toHaveLength(1 + chunks);
    expect(fields[0]).toBe(`${name}=chunks-${chunks}; path=/`);
    expect(fields[1]).toBe(`${name}C1=${'v'.repeat(dataPerCookie ?? 0)}; path=/`);
    expect(manager.get(cookiesOf(fields), name)).toBe('v'.repeat(vector.valueLength));
  });

  it('never writes what it would not read', () => {
    expect(manager.set('n', 'v'.repeat(50 * 4037))).toHaveLength(51);
    expect(() => manager.set('n', 'v'.repeat(50 * 4037 + 1))).toThrow('needs 51 chunks');
  });

  it('comes back, whatever the size of chunks', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 30, max: 200 }),
        fc.string({ unit: fc.constantFrom('a', '-', '_', '9') }),
        (size, value) => {
          const manager = new ChunkingCookieManager({ chunkSize: size });
          const fields = manager.set('name', value, { httpOnly: true, path: '' });
          for (const field of fields) expect(field.length).toBeLessThanOrEqual(size);
          expect(manager.get(cookiesOf(fields), 'name')).toBe(value === '' ? null : value);
        },
      ),
    );
  });
});

describe('reading', () => {
  const get = (header: string) => manager.get(new RequestCookies(header), 'n');

  it.each([
    ['nothing', 'other=1', null],
    ['one value', 'n=abc', 'abc'],
    ['two chunks', 'n=chunks-2; nC1=ab; nC2=cd', 'abcd'],
    ['chunks in any order', 'nC2=cd; nC1=ab; n=chunks-2', 'abcd'],
    ['no more chunks than are said', 'n=chunks-1; nC1=ab; nC2=cd', 'ab'],
    ['leading zeros', 'n=chunks-02; nC1=ab; nC2=cd', 'abcd'],
  ])('D-69 %s', (_, header, expected) => {
    expect(get(header)).toBe(expected);
  });

  it.each([
    'chunks-2; nC1=ab',
    'chunks-2; nC1=; nC2=cd',
    'chunks-0; nC1=ab',
    'chunks-; nC1=ab',
    'chunks--1; nC1=ab',
    'chunks-+1; nC1=ab',
    'chunks-1a; nC1=ab',
    'chunks-1.0; nC1=ab',
    'CHUNKS-1; nC1=ab',
    'chunks-51; nC1=ab',
    'chunks-999999999999; nC1=ab',
  ])('D-69 n=%s is the marker', (rest) => {
    expect(get(`n=${rest}`)).toBe(rest.slice(0, rest.indexOf(';')));
  });

  it('D-69 throws for a missing chunk when told to', () => {
    const strict = new ChunkingCookieManager({ throwForPartialCookies: true });
    expect(() => strict.get(new RequestCookies('n=chunks-2; nC1=ab'), 'n')).toThrow('chunk 2 is missing');
  });
});

describe('deleting', () => {
  it('ends the cookie and the chunks that came', () => {
    const cookies = new RequestCookies('n=chunks-3; nC1=ab; nC3=cd');
    const epoch = 'expires=Thu, 01 Jan 1970 00:00:00 GMT; domain=example.org; path=/app';
    expect(manager.delete(cookies, 'n', { path: '/app', domain: 'example.org', maxAgeSeconds: 60 })).toEqual([
      `n=; ${epoch}`,
      `nC1=; ${epoch}`,
    ]);
    expect(manager.delete(new RequestCookies(''), 'n')).toHaveLength(1);
    expect(manager.delete({ get: () => 'chunks-999999999' }, 'n')).toHaveLength(51);
  });
});
