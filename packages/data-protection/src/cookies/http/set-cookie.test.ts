import { describe, expect, it } from 'vitest';
import { cookieOptions } from './cookie-builder.ts';
import { formatSetCookie, type SetCookieOptions } from './set-cookie.ts';

it('has its attributes in the order of ASP.NET Core', () => {
  expect(
    formatSetCookie('n', 'a+b', {
      httpOnly: true,
      sameSite: 'lax',
      secure: true,
      path: '/app',
      domain: 'example.org',
      maxAgeSeconds: 60.9,
      expires: new Date('2026-01-02T03:04:05.678Z'),
    }),
  ).toBe(
    'n=a%2Bb; expires=Fri, 02 Jan 2026 03:04:05 GMT; max-age=60; domain=example.org; path=/app; secure; samesite=lax; httponly',
  );
  expect(formatSetCookie('n', '')).toBe('n=; path=/');
});

it.each<[string, string, SetCookieOptions]>([
  ['an empty name', '', {}],
  ['a name with a sign', 'a=b', {}],
  ['a name with a line', 'a\nb', {}],
  ['a path that ends', 'n', { path: '/;secure' }],
  ['a path with a line', 'n', { path: '/\r\nX: y' }],
  ['a domain that ends', 'n', { domain: 'example.org; path=/' }],
  ['no date', 'n', { expires: new Date(Number.NaN) }],
  ['no number', 'n', { maxAgeSeconds: Number.NaN }],
])('refuses %s', (_, name, options) => {
  expect(() => formatSetCookie(name, 'v', options)).toThrow(TypeError);
});

describe('attributes of an application', () => {
  const request = (isHttps: boolean, pathBase = '') => ({ isHttps, pathBase, cookieHeader: null, header: () => null });

  it.each([
    ['sameAsRequest', true, true],
    ['sameAsRequest', false, false],
    ['always', false, true],
    ['none', true, false],
  ] as const)('%s with TLS %j: secure %j', (securePolicy, isHttps, secure) => {
    expect(cookieOptions({ securePolicy }, request(isHttps)).secure).toBe(secure);
  });

  it('path: its own, else where it is mounted, else the root', () => {
    expect(cookieOptions({ path: '/own' }, request(true, '/app')).path).toBe('/own');
    expect(cookieOptions({}, request(true, '/app')).path).toBe('/app');
    expect(cookieOptions({}, request(true)).path).toBe('/');
  });

  it('SameSite is left out when it is unspecified', () => {
    expect(cookieOptions({ sameSite: 'unspecified' }, request(true))).not.toHaveProperty('sameSite');
    expect(cookieOptions({ sameSite: 'none' }, request(true)).sameSite).toBe('none');
  });
});
