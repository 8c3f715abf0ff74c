import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { EphemeralDataProtectionProvider } from '../protection/ephemeral-data-protection-provider.ts';
import { cookieHeaderOf, fakeExchange } from '../testing/fake-exchange.ts';
import { vectorProvider } from '../testing/vector-provider.ts';
import { vectors, type ProtectedPayloadVector } from '../testing/vectors.ts';
import { instantOf } from '../time/instant.ts';
import { silentLogger } from '../logger.ts';
import { claimTypes } from './claims/claim-types.ts';
import { ClaimsIdentity } from './claims/claims-identity.ts';
import { ClaimsPrincipal } from './claims/claims-principal.ts';
import { CookieAuthentication, cookiePurposes, defaultCookieName } from './cookie-authentication.ts';
import type { CookieAuthenticationOptions } from './cookie-authentication.ts';
import { ChunkingCookieManager } from './http/chunking-cookie-manager.ts';
import { AuthenticationProperties } from './tickets/authentication-properties.ts';
import { AuthenticationTicket } from './tickets/authentication-ticket.ts';
import { TicketDataFormat } from './tickets/ticket-data-format.ts';
import { ticketSerializer } from './tickets/ticket-serializer.ts';

const shared = vectorProvider('SharedCookieApp');
const vector = vectors.protectedPayloads.cases[10] as ProtectedPayloadVector;
const vectorCookie = vector.payloadBase64Url;
const at = (text: string) => () => instantOf(new Date(text));
const over = (options: Partial<CookieAuthenticationOptions> = {}) =>
  new CookieAuthentication({ provider: shared, clock: at('2026-01-03T00:00:00Z'), ...options });
const alice = new ClaimsIdentity('Cookies', [
  { type: claimTypes.name, value: 'alice' },
  { type: claimTypes.role, value: 'Admin' },
]);
const large = new ClaimsIdentity('Cookies', [{ type: 'note', value: 'x'.repeat(5000) }]);

describe('the cookie that ASP.NET Core wrote', () => {
  const read = (authentication: CookieAuthentication, value = vectorCookie) =>
    authentication.getTicket(fakeExchange(`a=1; ${authentication.cookieName}=${value}; b=2`));

  it('D-67 is alice, an Admin, with its dates', async () => {
    const ticket = await read(over());
    expect(ticket?.principal.identity?.name).toBe('alice');
    expect(ticket?.principal.isInRole('Admin')).toBe(true);
    expect(ticket?.principal.findFirst(claimTypes.nameIdentifier)).toMatchObject({ value: 'Zoë-✓', issuer: 'idp' });
    expect(ticket?.properties.issuedUtc).toEqual(new Date('2026-01-02T03:04:05Z'));
    expect(ticket?.properties.expiresUtc).toEqual(new Date('2026-01-16T03:04:05Z'));
    expect(ticket?.properties.isPersistent).toBe(true);
    expect(ticket?.authenticationScheme).toBe('Cookies');
    expect(ticket?.sessionId).toBeNull();
  });

  it('D-67 is written to the same bytes', async () => {
    const { keyModifierHex, ivHex = '', plaintextBase64 } = vector;
    const provider = vectorProvider('SharedCookieApp', keyModifierHex, ivHex);
    const format = new TicketDataFormat(provider.createProtector(cookiePurposes('Cookies')));
    const ticket = ticketSerializer.deserialize(Buffer.from(plaintextBase64, 'base64'));
    expect(ticket && (await format.protect(ticket))).toBe(vectorCookie);
  });

  it.each([
    ['another scheme', over({ scheme: 'Other' })],
    ['another application', over({ provider: vectorProvider('another') })],
    ['another ring', over({ provider: new EphemeralDataProtectionProvider() })],
  ])('D-67 is nothing to %s', async (_, authentication) => {
    expect(await read(authentication)).toBeNull();
  });

  it.each([
    ['in its last second', '2026-01-16T03:04:05Z', 'alice'],
    ['afterwards', '2026-01-16T03:04:05.001Z', undefined],
  ])('D-68 %s', async (_, now, name) => {
    expect((await read(over({ clock: at(now) })))?.principal.identity?.name).toBe(name);
  });

  it('D-68 is nothing when it is cut, wherever that is', async () => {
    const authentication = over();
    for (let length = 0; length < vectorCookie.length; length++) {
      expect(await read(authentication, vectorCookie.slice(0, length))).toBeNull();
    }
  });

  it('D-68 any other text is nothing, and no exception', async () => {
    const authentication = over();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await read(authentication, text)).toBeNull();
        expect(await authentication.getTicket(fakeExchange(text))).toBeNull();
      }),
    );
  });

  it('D-68 protected bytes that are no ticket are nothing', async () => {
    const protector = shared.createProtector(cookiePurposes('Cookies'));
    const ticket = Buffer.from(vector.plaintextBase64, 'base64');
    const contents = [
      Buffer.alloc(0),
      Buffer.from('0400000000', 'hex'),
      ticket.subarray(0, -1),
      Buffer.alloc(99, 0xff),
    ];
    for (const bytes of contents) {
      const value = Buffer.from(await protector.protect(bytes)).toString('base64url');
      expect(await read(over(), value)).toBeNull();
    }
  });

  it('is not looked for in a field that is too long', async () => {
    expect(
      await over().getTicket(fakeExchange(`${'x'.repeat(65_536)}=1; .AspNetCore.Cookies=${vectorCookie}`)),
    ).toBeNull();
    expect(await read(over({ maximumCookieLength: 100 }))).toBeNull();
  });

  it('tells the log why there is no ticket, and nothing of its content', async () => {
    const debug = vi.fn<(message: string) => void>();
    const authentication = over({ logger: { ...silentLogger, debug }, clock: at('2027-01-01T00:00:00Z') });
    await read(authentication);
    await read(authentication, 'junk');
    expect(debug.mock.calls).toEqual([
      ['The cookie .AspNetCore.Cookies of the scheme Cookies has expired.'],
      ['The cookie .AspNetCore.Cookies of the scheme Cookies could not be unprotected.'],
    ]);
  });
});

describe('names of cookies', () => {
  it.each([
    ['Cookies', '.AspNetCore.Cookies'],
    ['Identity.Application', '.AspNetCore.Identity.Application'],
    ['my (scheme)*', '.AspNetCore.my%20%28scheme%29%2A'],
    ['ü', '.AspNetCore.%C3%BC'],
  ])('of %s', (scheme, name) => {
    expect(defaultCookieName(scheme)).toBe(name);
    expect(over({ scheme }).cookieName).toBe(name);
  });

  it('are what the application says', () => {
    expect(over({ cookie: { name: '.AspNet.SharedCookie' } }).cookieName).toBe('.AspNet.SharedCookie');
  });
});

it.each([{ name: 'a b' }, { path: '/; secure' }, { domain: 'example.org\r\n' }])(
  'refuses a cookie with %j',
  (cookie) => {
    expect(() => over({ cookie })).toThrow(TypeError);
  },
);

describe('signing in', () => {
  it('writes a cookie of the browser session with ASP.NET Core’s attributes', async () => {
    const exchange = fakeExchange();
    const ticket = await over().signIn(exchange, alice);
    expect(exchange.setCookies).toEqual([
      expect.stringMatching(/^\.AspNetCore\.Cookies=CfDJ8[\w-]+; path=\/; samesite=lax; httponly$/),
    ]);
    expect(Object.fromEntries(exchange.responseHeaders)).toEqual({
      'Cache-Control': 'no-cache,no-store',
      Pragma: 'no-cache',
      Expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
    });
    expect(ticket.properties.expiresUtc).toEqual(new Date('2026-01-17T00:00:00Z'));
    const read = await over().getTicket(fakeExchange(cookieHeaderOf(exchange.setCookies)));
    expect(read).toEqual(ticket);
    expect(read?.principal).toEqual(new ClaimsPrincipal(alice));
  });

  it('outlives the browser session when it is persistent, under the path of the application, over TLS', async () => {
    const exchange = fakeExchange('', { isHttps: true, pathBase: '/shop' });
    const properties = new AuthenticationProperties({ '.persistent': '' });
    await over({ expireTimeSpanMs: 3_600_000, cookie: { domain: 'example.org' } }).signIn(exchange, alice, properties);
    expect(exchange.setCookies[0]).toMatch(
      /; expires=Sat, 03 Jan 2026 01:00:00 GMT; domain=example\.org; path=\/shop; secure; samesite=lax; httponly$/,
    );
    expect(properties.items.size).toBe(1);
  });

  it('keeps times that are given', async () => {
    const properties = new AuthenticationProperties();
    properties.issuedUtc = new Date('2026-01-01T00:00:00Z');
    properties.expiresUtc = new Date('2026-01-05T00:00:00Z');
    const ticket = await over().signIn(fakeExchange(), alice, properties);
    expect(ticket.properties).toEqual(properties);
  });

  it('D-69 divides a large ticket, reads it and deletes all of it', async () => {
    const exchange = fakeExchange();
    const ticket = await over().signIn(exchange, large);
    expect(exchange.setCookies).toHaveLength(3);
    expect(exchange.setCookies[0]).toMatch(/^\.AspNetCore\.Cookies=chunks-2; path/);
    for (const field of exchange.setCookies) expect(field.length).toBeLessThanOrEqual(4050);
    const header = cookieHeaderOf(exchange.setCookies);
    expect(await over().getTicket(fakeExchange(header))).toEqual(ticket);
    expect(await over().getTicket(fakeExchange(header.replace(/; [^;]*$/, '')))).toBeNull();
    const strict = over({ cookieManager: new ChunkingCookieManager({ throwForPartialCookies: true }) });
    expect(await strict.getTicket(fakeExchange(header.replace(/; [^;]*$/, '')))).toBeNull();
    const out = fakeExchange(header);
    over().signOut(out);
    expect(out.setCookies.map((field) => field.slice(0, field.indexOf(';')))).toEqual([
      '.AspNetCore.Cookies=',
      '.AspNetCore.CookiesC1=',
      '.AspNetCore.CookiesC2=',
    ]);
    expect(out.setCookies[2]).toMatch(/expires=Thu, 01 Jan 1970 00:00:00 GMT; path=\/; samesite=lax; httponly$/);
    expect(out.responseHeaders.get('Cache-Control')).toBe('no-cache,no-store');
  });
});

describe('sliding renewal', () => {
  const cookie = `.AspNetCore.Cookies=${vectorCookie}`;

  it.each([
    ['not before half of the time', { clock: at('2026-01-09T03:04:05Z') }, 0],
    ['after half of the time', { clock: at('2026-01-09T03:04:06Z') }, 1],
    ['not where it is switched off', { clock: at('2026-01-15T00:00:00Z'), slidingExpiration: false }, 0],
    ['not after the end', { clock: at('2026-01-17T00:00:00Z') }, 0],
  ])('%s', async (_, options, fields) => {
    const exchange = fakeExchange(cookie);
    const ticket = await over(options).authenticate(exchange);
    expect(exchange.setCookies).toHaveLength(fields);
    if (fields === 0) return;
    expect(ticket?.properties.expiresUtc).toEqual(new Date('2026-01-23T03:04:06Z'));
    expect(exchange.setCookies[0]).toContain('; expires=Fri, 23 Jan 2026 03:04:06 GMT');
    expect(await over(options).getTicket(fakeExchange(cookieHeaderOf(exchange.setCookies)))).toEqual(ticket);
  });

  it('is nobody’s without a ticket', async () => {
    const exchange = fakeExchange('');
    expect(await over().authenticate(exchange)).toBeNull();
    expect(exchange.setCookies).toEqual([]);
  });
});

it('reports the id of a ticket in a session store, and does not renew it', async () => {
  const identity = new ClaimsIdentity('', [
    { type: 'Microsoft.AspNetCore.Authentication.Cookies-SessionId', value: 'key-1' },
  ]);
  const format = new TicketDataFormat(shared.createProtector(cookiePurposes('Cookies')));
  const times = new AuthenticationProperties({
    '.issued': 'Thu, 01 Jan 2026 00:00:00 GMT',
    '.expires': 'Sun, 04 Jan 2026 00:00:00 GMT',
  });
  const value = await format.protect(new AuthenticationTicket(new ClaimsPrincipal(identity), 'Cookies', times));
  const exchange = fakeExchange(`.AspNetCore.Cookies=${value}`);
  const ticket = await over().authenticate(exchange);
  expect(ticket?.sessionId).toBe('key-1');
  expect(ticket?.principal.identity?.isAuthenticated).toBe(false);
  expect(exchange.setCookies).toEqual([]);
});
