import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EncodingError } from '../../errors/encoding-error.ts';
import { cookieHeaderOf, fakeExchange } from '../../testing/fake-exchange.ts';
import { vectorProvider } from '../../testing/vector-provider.ts';
import { vectors } from '../../testing/vectors.ts';
import { claimTypes } from '../claims/claim-types.ts';
import { ClaimsIdentity } from '../claims/claims-identity.ts';
import { ClaimsPrincipal } from '../claims/claims-principal.ts';
import { Antiforgery, antiforgeryCookieName, type AntiforgeryOptions } from './antiforgery.ts';
import { antiforgeryTokenSerializer } from './antiforgery-token.ts';
import { claimUid } from './claim-uid.ts';

const provider = vectorProvider('app');
const over = (options: Partial<AntiforgeryOptions> = {}) =>
  new Antiforgery({ provider, applicationName: 'app', ...options });
const userWith = (...claims: readonly (readonly [string, string])[]) =>
  new ClaimsPrincipal(
    new ClaimsIdentity(
      'Cookies',
      claims.map(([type, value]) => ({ type, value })),
    ),
  );
const user42 = userWith(['other', 'x'], [claimTypes.nameIdentifier, '42']);
const hex = (user: ClaimsPrincipal) => claimUid(user)?.toString('hex');

describe('known tokens', () => {
  const { antiforgery } = vectors;
  const securityToken = Buffer.from('a0a1a2a3a4a5a6a7a8a9aaabacadaeaf', 'hex');

  it.each([
    ['the cookie', antiforgery.cookieTokenHex, { kind: 'cookie' as const, securityToken }],
    [
      'the request of nobody',
      antiforgery.requestTokenAnonymousHex,
      { kind: 'request' as const, securityToken, user: '', additionalData: '' },
    ],
    [
      'the request of a user',
      antiforgery.requestTokenClaimUidHex,
      { kind: 'request' as const, securityToken, user: claimUid(user42) as Buffer, additionalData: '' },
    ],
  ])('D-70 %s', (_, hex, token) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(Buffer.from(antiforgeryTokenSerializer.serialize(token)).toString('hex')).toBe(hex);
    expect(antiforgeryTokenSerializer.deserialize(bytes)).toEqual(token);
    expect(() => antiforgeryTokenSerializer.deserialize(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(
      EncodingError,
    );
    for (let length = 0; length < bytes.length; length++) {
      expect(() => antiforgeryTokenSerializer.deserialize(bytes.subarray(0, length))).toThrow(EncodingError);
    }
    expect(antiforgeryTokenSerializer.deserialize(Buffer.concat([Buffer.of(2), bytes.subarray(1)]))).toBeNull();
  });

  it.each(antiforgery.cookieNames)('D-70 the cookie of $discriminator is $name', ({ discriminator, name }) => {
    expect(antiforgeryCookieName(discriminator)).toBe(name);
    expect(over({ applicationName: discriminator }).cookieName).toBe(name);
  });

  it('D-70 the cookie without a discriminator', () => {
    expect(antiforgeryCookieName()).toBe('.AspNetCore.Antiforgery.47DEQpj8HBQ');
  });

  it('D-70 the claim uid', () => {
    const [type, value] = antiforgery.claimUid.parameters;
    expect(hex(userWith([type, value]))).toBe(antiforgery.claimUid.sha256Hex);
  });
});

describe('the claim uid', () => {
  it('prefers sub, then the name identifier, then the UPN', () => {
    const sub = hex(userWith(['sub', '1']));
    expect(hex(userWith([claimTypes.upn, 'u'], [claimTypes.nameIdentifier, 'n'], ['sub', '1']))).toBe(sub);
    expect(hex(userWith([claimTypes.upn, 'u'], [claimTypes.nameIdentifier, 'n'], ['sub', '']))).toBe(
      hex(userWith([claimTypes.nameIdentifier, 'n'])),
    );
    expect(hex(userWith([claimTypes.upn, 'u'], ['x', 'y']))).toBe(hex(userWith([claimTypes.upn, 'u'])));
    expect(hex(userWith(['SUB', '1'], ['x', 'y']))).not.toBe(sub);
  });

  it('is of all claims by type where none identifies', () => {
    expect(hex(userWith(['b', '1'], ['a', '2']))).toBe(hex(userWith(['a', '2'], ['b', '1'])));
    expect(hex(userWith(['a', '1']))).not.toBe(hex(userWith(['a', '2'])));
  });

  it('is of authenticated identities only', () => {
    const anonymous = new ClaimsIdentity('', [{ type: 'sub', value: '1' }]);
    expect(claimUid(new ClaimsPrincipal(anonymous))).toBeNull();
    expect(claimUid(new ClaimsPrincipal([]))).toBeNull();
    expect(hex(new ClaimsPrincipal([anonymous, ...user42.identities]))).toBe(hex(user42));
  });
});

describe('a pair of tokens', () => {
  const pairFor = async (user: ClaimsPrincipal | null, options: Partial<AntiforgeryOptions> = {}) => {
    const exchange = fakeExchange();
    const tokens = await over(options).getAndStoreTokens(exchange, user);
    return { cookie: cookieHeaderOf(exchange.setCookies), token: tokens.requestToken };
  };
  const check = (
    cookie: string,
    token: string,
    user: ClaimsPrincipal | null,
    options: Partial<AntiforgeryOptions> = {},
  ) => over(options).isRequestValid(fakeExchange(cookie), user, token);

  it.each([
    ['nobody', null],
    ['a user', user42],
  ])('is good for %s, in the form or the header', async (_, user) => {
    const { cookie, token } = await pairFor(user);
    expect(await check(cookie, token, user)).toBe(true);
    const inHeader = fakeExchange(cookie, { headers: { RequestVerificationToken: token } });
    expect(await over().isRequestValid(inHeader, user)).toBe(true);
    expect(await over().isRequestValid(inHeader, user, 'not this one')).toBe(true);
  });

  it('is good for no other user', async () => {
    const [mine, nobodys] = [await pairFor(user42), await pairFor(null)];
    expect(await check(mine.cookie, mine.token, userWith(['sub', '7']))).toBe(false);
    expect(await check(mine.cookie, mine.token, null)).toBe(false);
    expect(await check(nobodys.cookie, nobodys.token, user42)).toBe(false);
  });

  it('is two halves of one, each in its place', async () => {
    const [one, other] = [await pairFor(user42), await pairFor(user42)];
    expect(await check(one.cookie, other.token, user42)).toBe(false);
    const cookieToken = one.cookie.slice(one.cookie.indexOf('=') + 1);
    expect(await check(one.cookie, cookieToken, user42)).toBe(false);
    expect(await check(`${over().cookieName}=${one.token}`, one.token, user42)).toBe(false);
    expect(await check('', one.token, user42)).toBe(false);
    expect(await check(one.cookie, '', user42)).toBe(false);
  });

  it('is not made of any text', async () => {
    const { cookie } = await pairFor(user42);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await check(cookie, text, user42)).toBe(false);
        expect(await check(`${over().cookieName}=${text}`, text, user42)).toBe(false);
      }),
    );
  });

  it('brings what the application adds', async () => {
    const additionalData = { create: () => 'added', isValid: (text: string) => text === 'added' };
    const { cookie, token } = await pairFor(user42, { additionalData });
    expect(await check(cookie, token, user42, { additionalData })).toBe(true);
    const strict = { ...additionalData, isValid: () => false };
    expect(await check(cookie, token, user42, { additionalData: strict })).toBe(false);
  });

  it('is not made for a user whom nothing tells from another', async () => {
    await expect(pairFor(userWith())).rejects.toThrow(TypeError);
    const additionalData = { create: () => 'added', isValid: () => true };
    expect(await pairFor(userWith(), { additionalData })).toBeDefined();
  });
});

describe('storing', () => {
  it.each([{ name: 'a b' }, { path: '/;a' }, { domain: 'a\r\nb' }])('is not made with a cookie of %j', (cookie) => {
    expect(() => over({ cookie })).toThrow(TypeError);
  });

  it('writes a strict cookie once', async () => {
    const first = fakeExchange();
    const { requestToken, ...names } = await over().getAndStoreTokens(first);
    expect(names).toEqual({ formFieldName: '__RequestVerificationToken', headerName: 'RequestVerificationToken' });
    expect(first.setCookies).toEqual([
      expect.stringMatching(/^\.AspNetCore\.Antiforgery\.[\w-]+=[\w-]+; path=\/; samesite=strict; httponly$/),
    ]);
    const again = fakeExchange(cookieHeaderOf(first.setCookies));
    const second = await over().getAndStoreTokens(again);
    expect(again.setCookies).toEqual([]);
    expect(second.requestToken).not.toBe(requestToken);
    expect(await over().isRequestValid(again, null, requestToken)).toBe(true);
  });

  it('writes another for one that is not ours', async () => {
    const exchange = fakeExchange(`${over().cookieName}=CfDJ8junk`);
    await over().getAndStoreTokens(exchange);
    expect(exchange.setCookies).toHaveLength(1);
  });

  it('forbids to keep and to frame the page, more if the application does', async () => {
    const exchange = fakeExchange();
    await over().getAndStoreTokens(exchange);
    expect(Object.fromEntries(exchange.responseHeaders)).toEqual({
      'Cache-Control': 'no-cache, no-store',
      Pragma: 'no-cache',
      'X-Frame-Options': 'SAMEORIGIN',
    });
    const strict = fakeExchange();
    strict.setHeader('X-Frame-Options', 'DENY');
    await over().getAndStoreTokens(strict);
    expect(strict.responseHeaders.get('X-Frame-Options')).toBe('DENY');
  });
});
