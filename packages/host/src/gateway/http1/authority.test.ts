import { describe, expect, it } from 'vitest';
import { parseAuthority, sameAuthority, type Authority } from './authority.ts';

describe('parseAuthority', () => {
  it.each([
    ['a.test', { host: 'a.test', port: undefined }],
    ['A.Test:80', { host: 'a.test', port: 80 }],
    ['a.test.', { host: 'a.test', port: undefined }],
    ['a.test:', { host: 'a.test', port: undefined }],
    ['my_host', { host: 'my_host', port: undefined }],
    ['10.0.0.1:65535', { host: '10.0.0.1', port: 65_535 }],
    ['[2001:DB8::1]:443', { host: '[2001:db8::1]', port: 443 }],
  ])('takes %s', (text, expected) => {
    expect(parseAuthority(text)).toEqual(expected);
  });

  it.each([
    '',
    '.',
    '..',
    'a..b',
    '.a',
    'a b',
    'a/b',
    'a@b',
    'a,b',
    'a%41',
    'ä',
    'a:80x',
    'a:-1',
    'a:65536',
    'a:123456',
    'a:1:2',
    '[::1',
    '::1',
    '[]',
    '[::1]x',
    '[::1%eth0]',
    '[127.0.0.1]',
    `${'a'.repeat(300)}`,
  ])('refuses %j', (text) => {
    expect(parseAuthority(text)).toBeUndefined();
  });
});

it('compares with the default port of the scheme', () => {
  const [plain, http, https] = ['a.test', 'A.test:80', 'a.test:443'].map((text) => parseAuthority(text) as Authority);
  expect(sameAuthority(plain as Authority, http as Authority, false)).toBe(true);
  expect(sameAuthority(plain as Authority, https as Authority, false)).toBe(false);
  expect(sameAuthority(plain as Authority, https as Authority, true)).toBe(true);
});
