import { describe, expect, it } from 'vitest';
import { AuthenticationProperties } from './authentication-properties.ts';
import { hasExpired, renewed } from './expiry.ts';
import { parseHttpDate } from './http-date.ts';

const date = (text: string) => new Date(`2026-01-${text}Z`);
const issuedAndExpires = (issued: string, expires: string, more: Record<string, string> = {}) =>
  new AuthenticationProperties({
    '.issued': date(issued).toUTCString(),
    '.expires': date(expires).toUTCString(),
    ...more,
  });

describe('properties', () => {
  it('have the keys of ASP.NET Core', () => {
    const properties = new AuthenticationProperties();
    properties.issuedUtc = new Date('2026-01-02T03:04:05.999Z');
    properties.expiresUtc = new Date('2026-01-16T03:04:05Z');
    properties.isPersistent = true;
    properties.allowRefresh = false;
    properties.redirectUri = '/home';
    properties.tokens = new Map([
      ['access_token', 'a'],
      ['id_token', 'i'],
    ]);
    expect(Object.fromEntries(properties.items)).toEqual({
      '.issued': 'Fri, 02 Jan 2026 03:04:05 GMT',
      '.expires': 'Fri, 16 Jan 2026 03:04:05 GMT',
      '.persistent': '',
      '.refresh': 'False',
      '.redirect': '/home',
      '.Token.access_token': 'a',
      '.Token.id_token': 'i',
      '.TokenNames': 'access_token;id_token',
    });
    expect(properties.issuedUtc).toEqual(new Date('2026-01-02T03:04:05Z'));
    expect(properties).toMatchObject({ isPersistent: true, allowRefresh: false, redirectUri: '/home' });
    expect([...properties.tokens]).toEqual([
      ['access_token', 'a'],
      ['id_token', 'i'],
    ]);
  });

  it('lose what is set to nothing', () => {
    const properties = issuedAndExpires('01T00:00:00', '02T00:00:00', {
      '.persistent': '',
      '.refresh': 'True',
      '.redirect': '/',
      '.Token.a': '1',
      '.TokenNames': 'a;b',
    });
    expect([...properties.tokens.keys()]).toEqual(['a']);
    properties.issuedUtc = properties.expiresUtc = properties.allowRefresh = properties.redirectUri = null;
    properties.isPersistent = false;
    properties.tokens = new Map();
    expect(properties.items.size).toBe(0);
    expect(properties).toMatchObject({ issuedUtc: null, allowRefresh: null, redirectUri: null, isPersistent: false });
  });

  it('refuse what they could not say', () => {
    const properties = new AuthenticationProperties();
    expect(() => (properties.tokens = new Map([['a;b', '']]))).toThrow(TypeError);
    expect(() => (properties.issuedUtc = new Date(Number.NaN))).toThrow(TypeError);
  });
});

describe('dates', () => {
  it.each(['Fri, 02 Jan 2026 03:04:05 GMT', 'Mon, 01 Jan 0001 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT'])(
    '%s is one',
    (text) => {
      expect(parseHttpDate(text)?.toUTCString()).toBe(text);
    },
  );

  it.each([
    '',
    'Thu, 02 Jan 2026 03:04:05 GMT',
    'Mon, 30 Feb 2026 03:04:05 GMT',
    'Fri, 2 Jan 2026 03:04:05 GMT',
    '2026-01-02T03:04:05Z',
    'Fri, 02 Jan 2026 03:04:05 UTC',
    'Fri, 02 Jan 2026 24:00:00 GMT',
    ' Fri, 02 Jan 2026 03:04:05 GMT',
  ])('%j is none', (text) => {
    expect(parseHttpDate(text)).toBeNull();
  });
});

describe('expiry', () => {
  it.each([
    ['before it', '01T23:59:59', false],
    ['in its last instant', '02T00:00:00', false],
    ['a millisecond later', '02T00:00:00.001', true],
  ])('%s', (_, now, expected) => {
    expect(hasExpired(issuedAndExpires('01T00:00:00', '02T00:00:00'), date(now))).toBe(expected);
  });

  it('never comes without one', () => {
    expect(hasExpired(new AuthenticationProperties(), date('02T00:00:00'))).toBe(false);
  });

  it('has come when it cannot be read', () => {
    expect(hasExpired(new AuthenticationProperties({ '.expires': 'soon' }), date('02T00:00:00'))).toBe(true);
  });
});

describe('sliding renewal', () => {
  it.each([
    ['before half of the time', '01T11:59:59', {}, false],
    ['at half of the time', '01T12:00:00', {}, false],
    ['after half of the time', '01T12:00:01', {}, true],
    ['where it is allowed', '01T12:00:01', { '.refresh': 'True' }, true],
    ['where it is not allowed', '01T12:00:01', { '.refresh': 'False' }, false],
  ])('%s', (_, now, more, expected) => {
    const properties = issuedAndExpires('01T00:00:00', '02T00:00:00', { ...more, other: 'kept' });
    const renewal = renewed(properties, date(now));
    if (!expected) return expect(renewal).toBeNull();
    expect(renewal?.issuedUtc).toEqual(date('01T12:00:01'));
    expect(renewal?.expiresUtc).toEqual(date('02T12:00:01'));
    expect(renewal?.items.get('other')).toBe('kept');
    expect(properties.issuedUtc).toEqual(date('01T00:00:00'));
  });

  it('needs both dates', () => {
    const properties = issuedAndExpires('01T00:00:00', '02T00:00:00');
    properties.issuedUtc = null;
    expect(renewed(properties, date('01T23:00:00'))).toBeNull();
  });
});
