import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EphemeralDataProtectionProvider } from '../protection/ephemeral-data-protection-provider.ts';
import { vectorProvider } from '../testing/vector-provider.ts';
import { vectors } from '../testing/vectors.ts';
import { instantOf } from '../time/instant.ts';
import { fakeExchange } from '../testing/fake-exchange.ts';
import { Antiforgery } from './antiforgery/antiforgery.ts';
import { BearerTokens } from './bearer-tokens.ts';
import { ClaimsIdentity } from './claims/claims-identity.ts';
import { IdentityTokens } from './identity-tokens.ts';
import { nonceFormat, openIdConnectHandler, stateFormat } from './remote-sign-in.ts';
import { SessionCookieFormat } from './session-cookie.ts';
import { TempDataCookieFormat } from './temp-data-cookie.ts';
import { AuthenticationProperties } from './tickets/authentication-properties.ts';
import { AuthenticationTicket } from './tickets/authentication-ticket.ts';
import { ClaimsPrincipal } from './claims/claims-principal.ts';
import { TicketDataFormat } from './tickets/ticket-data-format.ts';

const provider = new EphemeralDataProtectionProvider();
const start = new Date('2026-01-03T00:00:00Z');
const after = (ms: number) => () => instantOf(new Date(start.getTime() + ms));
const anyText = fc.string({ unit: 'binary' });

describe('the session cookie', () => {
  const { plaintextUtf8, payloadText, keyModifierHex, ivHex } = vectors.session;

  it('D-70 reads and writes the known one', async () => {
    expect(await new SessionCookieFormat(vectorProvider('app')).unprotect(payloadText)).toBe(plaintextUtf8);
    const writing = new SessionCookieFormat(vectorProvider('app', keyModifierHex, ivHex));
    expect(await writing.protect(plaintextUtf8)).toBe(payloadText);
  });

  it('holds a key of 36 characters', async () => {
    const format = new SessionCookieFormat(provider);
    const key = SessionCookieFormat.newSessionKey();
    expect(key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(await format.unprotect(await format.protect(key))).toBe(key);
    await expect(format.protect('short')).rejects.toThrow(TypeError);
    const protector = provider.createProtector('SessionMiddleware');
    expect(await format.unprotect(await protector.protect('short'))).toBeNull();
    expect(await format.unprotect(await protector.protect(' '.repeat(36)))).toBeNull();
  });

  it('is null for any other text', async () => {
    const format = new SessionCookieFormat(provider);
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        expect(await format.unprotect(text)).toBeNull();
      }),
    );
  });
});

describe('bearer tokens', () => {
  const alice = new ClaimsIdentity('Bearer', [{ type: 'sub', value: '42' }]);
  const tokensAt = (ms: number) => new BearerTokens({ provider, clock: after(ms) });

  it('are a pair, each for its use', async () => {
    const { accessToken, refreshToken, ...rest } = await tokensAt(0).signIn(alice);
    expect(rest).toEqual({ tokenType: 'Bearer', expiresIn: 3600 });
    const ticket = await tokensAt(3_599_999).getTicket(`Bearer ${accessToken}`);
    expect(ticket?.principal).toEqual(new ClaimsPrincipal(alice));
    expect(ticket?.authenticationScheme).toBe('BearerToken:AccessToken');
    expect((await tokensAt(0).getRefreshTicket(refreshToken))?.authenticationScheme).toBe('BearerToken:RefreshToken');
    expect(await tokensAt(0).getTicket(`Bearer ${refreshToken}`)).toBeNull();
    expect(await tokensAt(0).getRefreshTicket(accessToken)).toBeNull();
    expect(await tokensAt(0).getTicket(accessToken)).toBeNull();
  });

  it('are over at the instant of their expiry', async () => {
    const { accessToken, refreshToken } = await tokensAt(0).signIn(alice);
    expect(await tokensAt(3_600_000).getTicket(`Bearer ${accessToken}`)).toBeNull();
    const fortnight = 14 * 24 * 3_600_000;
    expect(await tokensAt(fortnight - 1).getRefreshTicket(refreshToken)).not.toBeNull();
    expect(await tokensAt(fortnight).getRefreshTicket(refreshToken)).toBeNull();
  });

  it('are none without an expiry', async () => {
    const purposes = ['Microsoft.AspNetCore.Authentication.BearerToken', 'BearerToken', 'BearerToken'];
    const format = new TicketDataFormat(provider.createProtector(purposes));
    const token = await format.protect(new AuthenticationTicket(new ClaimsPrincipal(alice), 'BearerToken:AccessToken'));
    expect(await tokensAt(0).getTicket(`Bearer ${token}`)).toBeNull();
  });

  it('are null for any other text', async () => {
    expect(await tokensAt(0).getTicket(undefined)).toBeNull();
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        expect(await tokensAt(0).getTicket(`Bearer ${text}`)).toBeNull();
        expect(await tokensAt(0).getTicket(text)).toBeNull();
      }),
    );
  });
});

describe('tokens of Identity', () => {
  const tokensAt = (ms: number) => new IdentityTokens({ provider, clock: after(ms) });
  const subject = { userId: '42', purpose: 'ResetPassword', securityStamp: 'STAMP' };

  it('are good for one user, purpose and stamp', async () => {
    const token = await tokensAt(0).generate(subject);
    expect(token.length % 4).toBe(0);
    expect(await tokensAt(0).read(token)).toEqual(subject);
    expect(await tokensAt(0).validate(token, subject)).toBe(true);
    for (const part of ['userId', 'purpose', 'securityStamp']) {
      expect(await tokensAt(0).validate(token, { ...subject, [part]: 'other' })).toBe(false);
    }
  });

  it('end after a day', async () => {
    const token = await tokensAt(0).generate(subject);
    expect(await tokensAt(86_400_000).validate(token, subject)).toBe(true);
    expect(await tokensAt(86_400_001).validate(token, subject)).toBe(false);
  });

  it('are null for any other text, and for bytes after the end', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        expect(await tokensAt(0).read(text)).toBeNull();
      }),
    );
    const protector = provider.createProtector('DataProtectorTokenProvider');
    const bytes = await protector.unprotect(Buffer.from(await tokensAt(0).generate(subject), 'base64'));
    const longer = Buffer.from(await protector.protect(Buffer.concat([bytes, Buffer.alloc(1)])));
    expect(await tokensAt(0).read(longer.toString('base64'))).toBeNull();
  });
});

// What a field of JSON, or one that a query repeats, may be.
it.each([[{ length: 2 ** 50 }], [['Bearer AAAA']], [4], [true], [null]])(
  '%j is no token of any kind',
  async (value) => {
    const token = value as unknown as string;
    const bearerTokens = new BearerTokens({ provider });
    const subject = { userId: '42', purpose: 'ResetPassword', securityStamp: '' };
    expect(await bearerTokens.getTicket(token)).toBeNull();
    expect(await bearerTokens.getRefreshTicket(token)).toBeNull();
    expect(await new IdentityTokens({ provider }).validate(token, subject)).toBe(false);
    expect(await new SessionCookieFormat(provider).unprotect(token)).toBeNull();
    expect(await new Antiforgery({ provider }).isRequestValid(fakeExchange(''), null, token)).toBe(false);
    await expect(provider.createProtector('p').unprotect(token)).rejects.toThrow(TypeError);
  },
);

describe('signing in at another site', () => {
  it('finds its way back by the state', async () => {
    const properties = new AuthenticationProperties({ '.redirect': '/home', '.xsrf': 'x' });
    const state = stateFormat(provider, openIdConnectHandler, 'OpenIdConnect');
    expect(await state.unprotect(await state.protect(properties))).toEqual(properties);
    expect(
      await stateFormat(provider, openIdConnectHandler, 'Other').unprotect(await state.protect(properties)),
    ).toBeNull();
  });

  it('knows its nonce', async () => {
    const nonces = nonceFormat(provider);
    expect(await nonces.unprotect(await nonces.protect('grüße'))).toBe('grüße');
    expect(await nonces.unprotect('grüße')).toBeNull();
  });
});

it('TempData are bytes', async () => {
  const format = new TempDataCookieFormat(provider);
  const bytes = Buffer.from('{"message":"saved"}');
  expect(await format.unprotect(await format.protect(bytes))).toEqual(bytes);
  expect(await format.unprotect('junk')).toBeNull();
});
