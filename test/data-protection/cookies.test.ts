import {
  Antiforgery,
  BearerTokens,
  ChunkingCookieManager,
  CookieAuthentication,
  cookiePurposes,
  getAuthenticationTicket,
  httpExchange,
  IdentityTokens,
  RequestCookies,
  SessionCookieFormat,
  stateFormat,
  TempDataCookieFormat,
  claimTypes,
} from '@poolhouse/data-protection/cookies';
import { beforeEach, describe, expect, it } from 'vitest';

import { scratchFile } from '../harness/scratch-file.ts';
import { day } from './application.ts';
import { hasSdk, sharedAspNetCore, type AspNetCoreApplication } from './aspnetcore.ts';
import { CookieJar, shapesOf } from './cookie-jar.ts';
import type { NodeApplication } from './nodejs.ts';
import { startNode } from './sides.ts';
import { describeTicket, principalOf, propertiesOf, type SignIn } from './tickets.ts';

const applicationName = 'cookies';
const alice = { type: claimTypes.name, value: 'alice' };
const admin = { type: claimTypes.role, value: 'Admin' };

/** Whole seconds, as tickets have them. */
const secondsFromNow = (seconds: number): Date => new Date(Math.trunc(Date.now() / 1000 + seconds) * 1000);

const base = (): SignIn => ({
  identities: [{ authenticationType: 'Cookies', claims: [alice, admin] }],
  persistent: false,
});

/** All that a ticket can hold. */
const full = (): SignIn => ({
  persistent: true,
  issued: secondsFromNow(-60),
  expires: secondsFromNow(600),
  items: {
    '.redirect': '/after?a=b',
    '.refresh': 'True',
    '.TokenNames': 'access_token;id_token',
    '.Token.access_token': 'abc',
    '.Token.id_token': '',
    'own key': 'grüß dich 🙂',
  },
  identities: [
    {
      authenticationType: 'AuthenticationTypes.Federation',
      nameType: 'sub',
      roleType: 'groups',
      bootstrap: 'the token it was made of',
      claims: [
        { type: 'sub', value: '42' },
        { type: 'groups', value: 'Admin', issuer: 'https://issuer.example' },
        { type: 'age', value: '7', valueType: 'http://www.w3.org/2001/XMLSchema#integer' },
        { type: 'far', value: 'away', issuer: 'one', originalIssuer: 'another' },
        { type: 'told', value: '', properties: { how: 'by hand', 'in full': '' } },
        { type: claimTypes.name, value: 'the usual type' },
      ],
      actor: {
        authenticationType: 'acting',
        claims: [alice],
        actor: { authenticationType: 'for', claims: [{ type: 'x', value: 'y' }] },
      },
    },
    { authenticationType: '', claims: [{ type: 'second', value: 'identity' }] },
  ],
});

/** More than fits into one cookie. */
const large = (): SignIn => ({
  persistent: false,
  identities: [{ authenticationType: 'Cookies', claims: [alice, { type: 'large', value: 'grüß dich, '.repeat(500) }] }],
});

const signIns: readonly (readonly [what: string, signIn: () => SignIn, cookies: number])[] = [
  ['a name and a role', base, 1],
  ['nobody', () => ({ identities: [{ claims: [] }], persistent: false }), 1],
  ['all that a ticket can hold', full, 1],
  ['more than fits into one cookie', large, 4],
];

describe.skipIf(!hasSdk)('cookies and tokens of ASP.NET Core and Node.js', () => {
  const process = sharedAspNetCore();
  let aspNetCore: AspNetCoreApplication;
  let node: NodeApplication;
  let authentication: CookieAuthentication;
  beforeEach(async () => {
    const shared = { directory: scratchFile('keys'), applicationName };
    aspNetCore = await process.start(shared);
    node = await startNode(shared);
    authentication = new CookieAuthentication({ provider: node.provider });
  });

  const requestWith = (jar: CookieJar, headers: Record<string, string> = {}): Request =>
    new Request('http://127.0.0.1/', { headers: { ...jar.headers, ...headers } });

  describe.each(signIns)('a sign-in with %s', (_, signIn, cookies) => {
    it('D-66 D-69 of ASP.NET Core is read by Node.js', async () => {
      const jar = new CookieJar().take(await aspNetCore.post('/sign-in', signIn()));
      expect(jar.names).toHaveLength(cookies);
      const ticket = await getAuthenticationTicket(requestWith(jar), authentication);
      if (ticket === null) throw new Error('there is no ticket');
      expect(describeTicket(ticket)).toEqual(await userOf(jar));
    });

    it('D-66 D-69 of Node.js is read by ASP.NET Core, and is the same to the byte', async () => {
      const given = signIn();
      const headers = new Headers();
      const exchange = httpExchange(requestWith(new CookieJar()), headers);
      const ticket = await authentication.signIn(exchange, principalOf(given), propertiesOf(given));
      const jar = new CookieJar().take({ headers });
      expect(await userOf(jar)).toEqual(describeTicket(ticket));

      const dated = { ...given, issued: ticket.properties.issuedUtc, expires: ticket.properties.expiresUtc };
      const answer = await aspNetCore.post('/sign-in', dated);
      expect(await ticketBytes(jar)).toEqual(await ticketBytes(new CookieJar().take(answer)));
      expect(shapesOf({ headers })).toEqual(shapesOf(answer));
    });
  });

  it('D-69 a sign-out deletes the same cookies with the same fields', async () => {
    const jar = new CookieJar().take(await aspNetCore.post('/sign-in', large()));
    const headers = new Headers();
    authentication.signOut(httpExchange(requestWith(jar), headers));
    const answer = await aspNetCore.post('/sign-out', {}, jar.headers);
    expect(headers.getSetCookie().sort()).toEqual(answer.headers.getSetCookie().sort());
    expect(jar.take({ headers }).names).toEqual([]);
  });

  it('D-68 a ticket whose time is over, or that was tampered with, is none to either', async () => {
    const past = { ...base(), issued: secondsFromNow(-100), expires: secondsFromNow(-10) };
    const over = new CookieJar().take(await aspNetCore.post('/sign-in', past));
    const whole = new CookieJar().take(await aspNetCore.post('/sign-in', base()));
    const cut = { cookie: (whole.headers['cookie'] ?? '').slice(0, -4) };
    for (const headers of [over.headers, cut]) {
      expect((await aspNetCore.request('/user', { headers })).status).toBe(401);
      expect(await getAuthenticationTicket(new Request('http://127.0.0.1/', { headers }), authentication)).toBeNull();
    }
  });

  it('D-67 past half of its time both renew it, for the same span', async () => {
    const given: SignIn = {
      identities: [{ authenticationType: 'Cookies', claims: [alice] }],
      persistent: true,
      issued: secondsFromNow((-10 * day) / 1000),
      expires: secondsFromNow((4 * day) / 1000),
    };
    const old = new CookieJar().take(await aspNetCore.post('/sign-in', given));
    const answer = await aspNetCore.request('/user', { headers: old.headers });
    const headers = new Headers();
    const renewal = await authentication.authenticate(httpExchange(requestWith(old), headers));
    expect(shapesOf({ headers })).toEqual(shapesOf(answer));
    const theirs = await authentication.getTicket(
      httpExchange(requestWith(new CookieJar().take(answer)), new Headers()),
    );
    const span = ({ properties }: NonNullable<typeof theirs>): number =>
      Number(properties.expiresUtc) - Number(properties.issuedUtc);
    if (renewal === null || theirs === null) throw new Error('there is no ticket');
    expect(span(renewal)).toBe(14 * day);
    expect(span(theirs)).toBe(14 * day);
    expect(await userOf(new CookieJar().take({ headers }))).toEqual(describeTicket(renewal));
  });

  const users: readonly (readonly [string, SignIn['identities']])[] = [
    ['nobody', []],
    ['a user with a name', [{ authenticationType: 'Cookies', claims: [alice, admin] }]],
    [
      'a user with a subject',
      [{ authenticationType: 'Cookies', claims: [alice, { type: 'sub', value: '42', issuer: 'me' }] }],
    ],
    [
      'a user with an identifier',
      [{ authenticationType: 'Cookies', claims: [alice, { type: claimTypes.nameIdentifier, value: '7' }] }],
    ],
    [
      'a second identity, of which the first is not authenticated',
      [
        { authenticationType: '', claims: [{ type: 'sub', value: 'no' }] },
        {
          authenticationType: 'Cookies',
          claims: [
            { type: 'b', value: '2' },
            { type: 'a', value: '1' },
            { type: 'a', value: '0' },
          ],
        },
      ],
    ],
  ];
  it.each(users)(
    'D-70 antiforgery tokens for %s are taken by the other, and by the other only for them',
    async (_, identities) => {
      const antiforgery = new Antiforgery({ provider: node.provider, applicationName });
      expect(antiforgery.cookieName).toBe((await aspNetCore.facts()).antiforgeryCookie);
      const signedIn = new CookieJar();
      if (identities.length > 0) signedIn.take(await aspNetCore.post('/sign-in', { identities, persistent: false }));
      const user = (await getAuthenticationTicket(requestWith(signedIn), authentication))?.principal ?? null;
      expect(user === null).toBe(identities.length === 0);

      // From ASP.NET Core.
      const form = await aspNetCore.request('/form', { headers: signedIn.headers });
      const { requestToken: theirs, headerName } = (await form.json()) as { requestToken: string; headerName: string };
      const jar = new CookieJar().take(form);
      const withToken = (token: string) => httpExchange(requestWith(jar, { [headerName]: token }), new Headers());
      expect(await antiforgery.isRequestValid(withToken(theirs), user)).toBe(true);
      const other = principalOf({
        identities: [{ authenticationType: 'x', claims: [{ type: 'sub', value: 'other' }] }],
        persistent: false,
      });
      expect(await antiforgery.isRequestValid(withToken(theirs), other)).toBe(false);

      // From Node.js, to the cookie that is there and to one of its own.
      for (const known of [jar, new CookieJar()]) {
        const headers = new Headers();
        const { requestToken } = await antiforgery.getAndStoreTokens(httpExchange(requestWith(known), headers), user);
        const cookies = new CookieJar().take(form).take({ headers });
        const posted = { ...signedIn.headers };
        posted['cookie'] = [posted['cookie'], cookies.headers['cookie']].filter(Boolean).join('; ');
        const submit = (token: string): Promise<Response> =>
          aspNetCore.post('/form', {}, { ...posted, RequestVerificationToken: token });
        expect((await submit(requestToken)).status).toBe(200);
        const foreign = await antiforgery.getAndStoreTokens(httpExchange(requestWith(cookies), new Headers()), other);
        const refused = await submit(foreign.requestToken);
        expect([refused.status, await refused.text()]).toEqual([
          400,
          expect.stringContaining('meant for a different claims-based user'),
        ]);
        if (known !== jar) expect((await submit(theirs)).status).toBe(400);
        else expect(headers.getSetCookie()).toEqual([]);
      }
    },
  );

  it('D-70 a session cookie of ASP.NET Core names its session to Node.js', async () => {
    const format = new SessionCookieFormat(node.provider);
    const jar = new CookieJar().take(await aspNetCore.request('/session', { method: 'POST', body: 'kept' }));
    const key = await format.unprotect(decodeURIComponent(jar.get(SessionCookieFormat.defaultCookieName) ?? ''));
    expect(key).toMatch(/^[0-9a-f-]{36}$/);
    expect(await (await aspNetCore.request(`/session/${key}`)).json()).toBe(true);
  });

  it('D-70 a session cookie of Node.js is that of the session in ASP.NET Core', async () => {
    const format = new SessionCookieFormat(node.provider);
    const key = SessionCookieFormat.newSessionKey();
    const cookie = `${SessionCookieFormat.defaultCookieName}=${encodeURIComponent(await format.protect(key))}`;
    const answer = await aspNetCore.request('/session', { method: 'POST', body: 'kept', headers: { cookie } });
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await (await aspNetCore.request(`/session/${key}`)).json()).toBe(true);
    expect(await (await aspNetCore.request('/session', { headers: { cookie } })).text()).toBe('kept');
  });

  it('temporary data of MVC, both ways, in several cookies', async () => {
    const format = new TempDataCookieFormat(node.provider);
    const name = TempDataCookieFormat.defaultCookieName;
    const data = { message: 'grüß dich '.repeat(500), other: '' };
    const jar = new CookieJar().take(await aspNetCore.post('/temporary-data', data));
    const value = new ChunkingCookieManager().get(new RequestCookies(jar.headers['cookie'] ?? ''), name);
    expect(JSON.parse(Buffer.from((await format.unprotect(value ?? '')) ?? '').toString())).toEqual(data);

    const headers = new Headers();
    const made = await format.protect(Buffer.from(JSON.stringify(data)));
    for (const field of new ChunkingCookieManager().set(name, made, { path: '/' })) headers.append('Set-Cookie', field);
    const ours = new CookieJar().take({ headers });
    expect(await (await aspNetCore.request('/temporary-data', { headers: ours.headers })).json()).toEqual(data);
  });

  it('access and refresh tokens, both ways', async () => {
    const tokens = new BearerTokens({ provider: node.provider });
    const given: SignIn = { identities: [{ authenticationType: 'Bearer', claims: [alice, admin] }], persistent: false };
    const theirs = (await (await aspNetCore.post('/token', given)).json()) as Awaited<ReturnType<typeof tokens.signIn>>;
    const ticket = await tokens.getTicket(`Bearer ${theirs.accessToken}`);
    if (ticket === null) throw new Error('there is no ticket');
    expect(describeTicket(ticket)).toEqual(await bearerOf(theirs.accessToken));
    expect((await tokens.getRefreshTicket(theirs.refreshToken))?.principal.identity?.name).toBe('alice');

    const ours = await tokens.signIn(principalOf(given), propertiesOf(given));
    expect(Object.keys(ours)).toEqual(Object.keys(theirs));
    expect(ours.expiresIn).toBe(theirs.expiresIn);
    expect(await bearerOf(ours.accessToken)).toMatchObject({ name: 'alice', isAdmin: true });
    // One is not the other.
    expect(await tokens.getTicket(`Bearer ${theirs.refreshToken}`)).toBeNull();
    const refresh = { authorization: `Bearer ${ours.refreshToken}` };
    expect((await aspNetCore.request('/token/user', { headers: refresh })).status).toBe(401);
  });

  it('the state of a remote sign-in, both ways', async () => {
    const given: SignIn = { identities: [], persistent: true, items: { '.redirect': '/after', 'own key': 'value' } };
    const answer = await aspNetCore.post('/challenge', given);
    const state = new URL(answer.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const oauth = 'Microsoft.AspNetCore.Authentication.OAuth';
    const handler = `${oauth}.OAuthHandler\`1[[${oauth}.OAuthOptions, ${oauth}, Version=10.0.0.0, Culture=neutral, PublicKeyToken=adb9793829ddae60]]`;
    const format = stateFormat(node.provider, handler, 'OAuth');
    const properties = await format.unprotect(state);
    expect(properties?.redirectUri).toBe('/after');
    expect(properties?.isPersistent).toBe(true);
    expect(properties?.items.get('own key')).toBe('value');

    const ours = encodeURIComponent(await format.protect(propertiesOf(given)));
    const read = await aspNetCore.request(`/state?state=${ours}`);
    expect(await read.json()).toEqual({ ...given.items, '.persistent': '' });
  });

  it('tokens of Identity, both ways', async () => {
    const tokens = new IdentityTokens({ provider: node.provider });
    const user = { id: 'user 7', securityStamp: 'STAMP' };
    const subject = { userId: user.id, purpose: 'ResetPassword', securityStamp: user.securityStamp };
    const question = { user, purpose: subject.purpose };
    const theirs = await (await aspNetCore.post('/identity-token', question)).text();
    expect(await tokens.validate(theirs, subject)).toBe(true);
    expect(await tokens.validate(theirs, { ...subject, securityStamp: 'changed' })).toBe(false);
    const valid = async (token: string, stamp: string): Promise<unknown> =>
      (
        await aspNetCore.post('/identity-token/validate', {
          ...question,
          user: { ...user, securityStamp: stamp },
          token,
        })
      ).json();
    const ours = await tokens.generate(subject);
    expect(await valid(ours, user.securityStamp)).toBe(true);
    expect(await valid(ours, 'changed')).toBe(false);
  });

  /** What the ASP.NET Core application sees. */
  async function userOf(jar: CookieJar): Promise<unknown> {
    return (await aspNetCore.request('/user', { headers: jar.headers })).json();
  }

  async function bearerOf(token: string): Promise<unknown> {
    return (await aspNetCore.request('/token/user', { headers: { authorization: `Bearer ${token}` } })).json();
  }

  async function ticketBytes(jar: CookieJar): Promise<string> {
    const value = new ChunkingCookieManager().get(
      new RequestCookies(jar.headers['cookie'] ?? ''),
      authentication.cookieName,
    );
    const payload = Buffer.from(value ?? '', 'base64url');
    return Buffer.from(await node.provider.createProtector(cookiePurposes('Cookies')).unprotect(payload)).toString(
      'latin1',
    );
  }
});
