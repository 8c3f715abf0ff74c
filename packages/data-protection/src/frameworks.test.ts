import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import {
  Antiforgery,
  claimTypes,
  ClaimsIdentity,
  CookieAuthentication,
  getAuthenticationTicket,
  httpExchange,
  type AuthenticationTicket,
  type HttpExchange,
} from './cookies/index.ts';
import * as forExpress from './express.ts';
import * as forFastify from './fastify.ts';
import * as forHono from './hono.ts';
import { EphemeralDataProtectionProvider } from './protection/ephemeral-data-protection-provider.ts';
import { Browser } from './testing/browser.ts';

const require = createRequire(__filename);
/** It brings no types; those of Express 5 do. */
const express4 = require('express-4') as typeof express;
const provider = new EphemeralDataProtectionProvider();
const authentication = new CookieAuthentication({ provider });
const antiforgery = new Antiforgery({ provider });

/** What every application here does, whatever serves it. */
interface Call {
  readonly route: string;
  readonly query: URLSearchParams;
  readonly ticket: AuthenticationTicket | null;
  readonly exchange: HttpExchange;
}

async function answer({ route, query, ticket, exchange }: Call): Promise<string> {
  if (route === '/sign-in') {
    const claims = [
      { type: claimTypes.name, value: query.get('name') ?? '' },
      { type: claimTypes.role, value: 'Admin' },
      { type: 'note', value: 'x'.repeat(Number(query.get('size') ?? 0)) },
    ];
    await authentication.signIn(exchange, new ClaimsIdentity('Cookies', claims));
    return 'signed in';
  }
  if (route === '/sign-out') {
    authentication.signOut(exchange);
    return 'signed out';
  }
  const user = ticket?.principal ?? null;
  if (route === '/form') return (await antiforgery.getAndStoreTokens(exchange, user)).requestToken;
  if (route === '/post') return String(await antiforgery.isRequestValid(exchange, user));
  return `${user?.identity?.name ?? 'nobody'} ${user?.isInRole('Admin') ?? false}`;
}

const urlOf = (url = '/') => new URL(url, 'http://localhost');

const node: RequestListener = (request, response) => {
  const { pathname, searchParams } = urlOf(request.url);
  getAuthenticationTicket(request, authentication)
    .then((ticket) =>
      answer({ route: pathname, query: searchParams, ticket, exchange: httpExchange(request, response) }),
    )
    .then(
      (text) => response.end(text),
      () => response.destroy(),
    );
};

const expressApplication = (create: typeof express) =>
  create().use(async (request, response) => {
    const { pathname, searchParams } = urlOf(request.originalUrl);
    const ticket = await forExpress.getAuthenticationTicket(request, authentication);
    const exchange = forExpress.httpExchange(request, response);
    response.send(await answer({ route: pathname, query: searchParams, ticket, exchange }));
  });

const honoApplication = new Hono().all('*', async (c) => {
  const { pathname, searchParams } = urlOf(c.req.url);
  const ticket = await forHono.getAuthenticationTicket(c, authentication);
  const exchange = forHono.httpExchange(c);
  return c.text(await answer({ route: pathname, query: searchParams, ticket, exchange }));
});

const fetchApplication = async (request: Request): Promise<Response> => {
  const { pathname, searchParams } = urlOf(request.url);
  const headers = new Headers();
  const ticket = await getAuthenticationTicket(request, authentication);
  const call = { route: pathname, query: searchParams, ticket, exchange: httpExchange(request, headers) };
  return new Response(await answer(call), { headers });
};

const fastifyServer = async (): Promise<Server> => {
  const application = fastify();
  application.all('*', async (request, reply) => {
    const { pathname, searchParams } = urlOf(request.url);
    const ticket = await forFastify.getAuthenticationTicket(request, authentication);
    const exchange = forFastify.httpExchange(request, reply);
    return answer({ route: pathname, query: searchParams, ticket, exchange });
  });
  await application.ready();
  return application.server;
};

const servers: readonly (readonly [string, () => Server | Promise<Server>])[] = [
  ['node:http', () => createServer({ maxHeaderSize: 65_536 }, node)],
  ['Express 5', () => createServer(expressApplication(express))],
  ['Express 4', () => createServer(expressApplication(express4))],
  ['Fastify', fastifyServer],
  ['Hono', () => createAdaptorServer({ fetch: honoApplication.fetch }) as Server],
  ['fetch', () => createAdaptorServer({ fetch: fetchApplication }) as Server],
];

const opened: Server[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) server.close().closeAllConnections();
});

describe.each(servers)('%s', (_, create) => {
  const browse = async (): Promise<Browser> => {
    const server = await create();
    opened.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Browser(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  };
  const text = async (browser: Browser, path: string, headers = {}) =>
    (await browser.fetch(path, { method: 'POST', headers })).text();

  it('signs in, knows who it is and signs out', async () => {
    const browser = await browse();
    expect(await text(browser, '/')).toBe('nobody false');
    const signedIn = await browser.fetch('/sign-in?name=Zo%C3%AB');
    expect(await signedIn.text()).toBe('signed in');
    expect(signedIn.headers.get('cache-control')).toBe('no-cache,no-store');
    expect(signedIn.headers.getSetCookie()).toEqual([expect.stringMatching(/; path=\/; samesite=lax; httponly$/)]);
    expect(await text(browser, '/')).toBe('Zoë true');
    expect(await text(browser, '/sign-out')).toBe('signed out');
    expect(browser.cookieNames).toEqual([]);
    expect(await text(browser, '/')).toBe('nobody false');
  });

  it('D-69 divides a large cookie', async () => {
    const browser = await browse();
    await text(browser, '/sign-in?name=alice&size=5000');
    expect(browser.cookieNames).toEqual(['.AspNetCore.Cookies', '.AspNetCore.CookiesC1', '.AspNetCore.CookiesC2']);
    expect(await text(browser, '/')).toBe('alice true');
    await text(browser, '/sign-out');
    expect(browser.cookieNames).toEqual([]);
  });

  it('D-68 takes a hostile cookie for none', async () => {
    const browser = await browse();
    for (const value of ['junk', 'CfDJ8', 'chunks-50', 'chunks-99999999999', '%00%ff%zz', '"', 'x'.repeat(8000)]) {
      expect(await text(browser, '/', { cookie: `.AspNetCore.Cookies=${value}` })).toBe('nobody false');
    }
  });

  it('proves that a form is its own', async () => {
    const browser = await browse();
    await text(browser, '/sign-in?name=alice');
    const form = await browser.fetch('/form');
    const token = await form.text();
    expect(form.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(await text(browser, '/post', { RequestVerificationToken: token })).toBe('true');
    expect(await text(browser, '/post')).toBe('false');
    expect(await text(browser, '/post', { RequestVerificationToken: `${token.slice(0, -4)}AAAA` })).toBe('false');
    await text(browser, '/sign-in?name=mallory');
    expect(await text(browser, '/post', { RequestVerificationToken: token })).toBe('false');
  });
});

describe('whether the client came over TLS, and where the application is mounted', () => {
  const response = { appendHeader: () => 0, setHeader: () => 0, hasHeader: () => false };
  const reply = { header: () => 0, hasHeader: () => false };
  const context = (url: string, env: unknown) => ({
    req: { url, header: () => undefined },
    res: { headers: new Headers() },
    env,
    header: () => undefined,
  });

  it.each<[string, HttpExchange, boolean, string]>([
    ['node:http', httpExchange({ headers: {}, socket: {} }, response), false, ''],
    ['node:https', httpExchange({ headers: {}, socket: { encrypted: true } }, response), true, ''],
    ['a request without a connection', httpExchange({ headers: {}, socket: null }, response), false, ''],
    ['a gateway', httpExchange({ headers: {}, socket: {}, pathBase: '/shop' }, response), false, '/shop'],
    ['Express behind a proxy', forExpress.httpExchange({ headers: {}, secure: true }, response), true, ''],
    [
      'Express',
      forExpress.httpExchange({ headers: {}, secure: false, socket: { encrypted: true } }, response),
      false,
      '',
    ],
    [
      'Fastify',
      forFastify.httpExchange({ raw: { headers: {}, pathBase: '/a' }, protocol: 'https' }, reply),
      true,
      '/a',
    ],
    ['Hono', forHono.httpExchange(context('https://example.org/', { incoming: { pathBase: '/a' } })), true, '/a'],
    ['Hono elsewhere', forHono.httpExchange(context('http://example.org/https:', undefined)), false, ''],
    ['fetch', httpExchange({ url: 'https://example.org/', headers: new Headers() }, new Headers()), true, ''],
  ])('%s', (_, exchange, isHttps, pathBase) => {
    expect(exchange).toMatchObject({ isHttps, pathBase });
  });
});

it('takes options in place of what was made of them', async () => {
  const request = { headers: { cookie: '.AspNetCore.Cookies=junk' } };
  expect(await getAuthenticationTicket(request, { provider })).toBeNull();
  expect(await getAuthenticationTicket({ headers: {} }, { provider })).toBeNull();
});
