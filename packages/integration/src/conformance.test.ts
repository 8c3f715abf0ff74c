/**
 * One suite for every adapter: the built package inside a real application of each framework, in a process of its
 * own, spoken to over sockets as the gateway does. Case numbers are those of the module's specification.
 *
 * All cases run on the Node.js that runs the tests, or on the one that POOLHOUSE_TEST_NODE names; the life of a
 * process, where versions differ most, on every supported one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { nodesUnderTest } from '../../worker/src/testing/node-versions.ts';

const adapters = [
  'node-http.cjs',
  'node-http.mjs',
  'express-5.mjs',
  'express-4.cjs',
  'fastify.mjs',
  'koa.cjs',
  'hono.mjs',
  'fetch.mjs',
] as const;

// A busy machine may need seconds to start a process.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const token = 'correct-horse-battery-staple';
const certificate =
  'MIIBqTCCAU+gAwIBAgIUJNYTXTXonQ69AdDSIlUlz+IjUggwCgYIKoZIzj0EAwIwKTEVMBMGA1UEAwwMQWRhIExvdmVsYWNlMRAwDgYDVQQKDAdF' +
  'eGFtcGxlMCAXDTI2MTEyMjEwMzIyMloYDzIxMjYxMDI5MTAzMjIyWjApMRUwEwYDVQQDDAxBZGEgTG92ZWxhY2UxEDAOBgNVBAoMB0V4YW1wbGUw' +
  'WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ1BEqWJbGtSgSgVMqary4fQHh45OckxCkD8Bo9MWLKo2h3BxzRTHrSGZh8yGVBFBORFaj84EPcC7a2' +
  'S8jEglAdo1MwUTAdBgNVHQ4EFgQURXX2Gv8j/Zi9g7dQF27asYUR+BIwHwYDVR0jBBgwFoAURXX2Gv8j/Zi9g7dQF27asYUR+BIwDwYDVR0TAQH/' +
  'BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBMN+tGx0jsGZPThJfZPi/+6cHhHAuHhYroseev5GG48wIhAMDkgYkOXh4RWPKbWKPU1DMXCuPs1LFL' +
  'd/xBlwmo0RGg';

interface Seen {
  readonly calls: number;
  readonly method: string;
  readonly url: string;
  readonly originalUrl?: string;
  readonly baseUrl?: string;
  readonly pathBase: string | null;
  readonly ip: string;
  readonly protocol: string;
  readonly socket: { address: string; port: number; family: string; encrypted: boolean | null };
  readonly headers: Record<string, string>;
  readonly headersDistinct: Record<string, string[]>;
  readonly rawHeaders: string[];
  readonly certificate: string | null;
  readonly certificateAgain: boolean;
  readonly peer: string | null;
  readonly user: unknown;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly seen: Seen;
}

interface Application {
  readonly child: ChildProcess;
  readonly port: number;
  readonly output: () => string;
  /** Resolves when the application has said the word. */
  readonly said: (word: string) => Promise<void>;
  readonly heard: readonly string[];
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
  request(target: string, options?: RequestOptions & { body?: string; address?: object }): Promise<Answer>;
}

const running = new Set<ChildProcess>();

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function start(
  adapter: string,
  environment: Record<string, string | undefined> = {},
  node = process.env['POOLHOUSE_TEST_NODE'] ?? process.execPath,
): Promise<Application> {
  const port = await freePort();
  const child = fork(join(__dirname, '../fixtures', adapter), {
    execPath: node,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      ASPNETCORE_PORT: String(port),
      ASPNETCORE_TOKEN: token,
      ASPNETCORE_APPL_PATH: '/',
      ASPNETCORE_IIS_WEBSOCKETS_SUPPORTED: 'true',
      ...environment,
    },
  });
  running.add(child);
  let output = '';
  child.stdout?.on('data', (data) => (output += data));
  child.stderr?.on('data', (data) => (output += data));
  const heard: string[] = [];
  child.on('message', (message) => heard.push(message as string));
  const exited = once(child, 'exit').then(([code, signal]) => {
    running.delete(child);
    return { code, signal };
  });
  const said = async (word: string): Promise<void> => {
    while (!heard.includes(word)) {
      const ended = await Promise.race([once(child, 'message').then(() => false), exited.then(() => true)]);
      if (ended && !heard.includes(word)) throw new Error(`${adapter} ended before it said "${word}":\n${output}`);
    }
  };
  await said('listening');

  const request: Application['request'] = async (target, { body, address, ...options } = {}) => {
    const sent = httpRequest({
      ...(address ?? { host: '127.0.0.1', port }),
      path: target,
      agent: false,
      ...options,
      headers: Object.fromEntries(
        Object.entries({ 'MS-ASPNETCORE-TOKEN': token, ...options.headers }).filter(([, value]) => value !== undefined),
      ),
    });
    sent.end(body);
    const [response] = await once(sent, 'response');
    const received = await text(response);
    return {
      status: response.statusCode,
      headers: response.headers,
      body: received,
      get seen() {
        return JSON.parse(received) as Seen;
      },
    };
  };
  return { child, port, output: () => output, said, heard, exited, request };
}

const stopHeaders = { 'MS-ASPNETCORE-EVENT': 'shutdown ' };

// What a failed test leaves behind.
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

describe.each(adapters)('%s', (adapter) => {
  describe('at the root of a site', () => {
    let app: Application;
    beforeAll(async () => {
      app = await start(adapter);
    });
    afterAll(async () => {
      app.child.kill('SIGKILL');
      await app.exited;
    });

    it('M-89 listens on the port of the host, not on its own', async () => {
      const { status, seen } = await app.request('/x?a=1&a=2');
      expect(status).toBe(200);
      expect(seen).toMatchObject({ method: 'GET', url: '/x?a=1&a=2', pathBase: '' });
    });

    it.each([
      ['no token', {}],
      ['another token', { 'MS-ASPNETCORE-TOKEN': 'correct-horse-battery-stapler' }],
      ['the token in another case', { 'MS-ASPNETCORE-TOKEN': token.toUpperCase() }],
      ['an empty token', { 'MS-ASPNETCORE-TOKEN': '' }],
      ['the token twice', { 'MS-ASPNETCORE-TOKEN': [token, token] }],
    ])('M-84 answers a request with %s by 400 without a body and does not call the application', async (_, headers) => {
      const { calls } = (await app.request('/')).seen;
      const refused = await app.request('/', { headers: { 'MS-ASPNETCORE-TOKEN': undefined, ...headers } as never });
      expect(refused).toMatchObject({ status: 400, body: '' });
      expect((await app.request('/')).seen.calls).toBe(calls + 1);
      await expect.poll(app.output, { timeout: 20_000 }).toContain('pairing token mismatch');
      expect(app.output()).not.toContain(token);
    });

    it('refuses a shutdown message without the token', async () => {
      const headers = { 'MS-ASPNETCORE-TOKEN': 'wrong', ...stopHeaders };
      expect(await app.request('/iisintegration', { method: 'POST', headers })).toMatchObject({ status: 400 });
      expect((await app.request('/')).status).toBe(200);
    });

    // A web-standard Request cannot be a TRACE; the fetch adapter says 501.
    const methods = ['PUT', 'TRACE', 'GET', 'DELETE', 'OPTIONS'].filter(
      (m) => m !== 'TRACE' || adapter !== 'fetch.mjs',
    );
    it.each(methods)('M-85 passes %s on the shutdown path to the application', async (method) => {
      const answer = await app.request('/iisintegration', { method, headers: stopHeaders });
      expect(answer.seen).toMatchObject({ method, url: '/iisintegration' });
    });

    it('M-85 passes HEAD on the shutdown path to the application', async () => {
      const { calls } = (await app.request('/')).seen;
      expect((await app.request('/iisintegration', { method: 'HEAD', headers: stopHeaders })).status).toBe(200);
      expect((await app.request('/')).seen.calls).toBe(calls + 2);
    });

    it.each(['/', '/path', '/path/iisintegration', '/iisintegration/', '/iisintegration/x'])(
      'M-86 passes the shutdown event on %s to the application',
      async (url) => {
        const answer = await app.request(url, { method: 'POST', headers: stopHeaders });
        expect(answer.seen).toMatchObject({ method: 'POST', url });
      },
    );

    it.each([['event'], [''], [undefined]])('M-87 passes the event %j on to the application', async (event) => {
      const headers = { 'MS-ASPNETCORE-EVENT': event } as never;
      const answer = await app.request('/iisintegration', { method: 'POST', headers });
      expect(answer.seen).toMatchObject({ method: 'POST', url: '/iisintegration' });
    });

    it.each([
      ['203.0.113.7, 198.51.100.4:1', { address: '198.51.100.4', port: 1, family: 'IPv4' }, '203.0.113.7'],
      ['198.51.100.4', { address: '198.51.100.4', port: 0, family: 'IPv4' }, undefined],
      ['[2001:db8::1]:51234', { address: '2001:db8::1', port: 51234, family: 'IPv6' }, undefined],
      ['a, b, 2001:db8::2', { address: '2001:db8::2', port: 0, family: 'IPv6' }, 'a, b'],
    ])('M-91 shows the client of X-Forwarded-For: %s', async (forwarded, client, rest) => {
      const { seen } = await app.request('/', { headers: { 'X-Forwarded-For': forwarded } });
      expect(seen.ip).toBe(client.address);
      expect(seen.socket).toMatchObject(client);
      expect(seen.headers['x-forwarded-for']).toBe(rest);
      expect(seen.headers['x-original-for']).toMatch(/^127\.0\.0\.1:\d+$/);
    });

    it.each(['unix', 'unknown', '198.51.100.4:99999', '1.2.3', ''])(
      'keeps its own peer when X-Forwarded-For ends with %j',
      async (forwarded) => {
        const { seen } = await app.request('/', { headers: { 'X-Forwarded-For': forwarded } });
        expect(seen.ip).toBe('127.0.0.1');
        expect(seen.headers['x-original-for']).toBeUndefined();
      },
    );

    it.each([
      ['https', 'https', undefined, 'http'],
      ['https, HTTP', 'http', 'https', 'http'],
      ['ftp', 'http', 'ftp', undefined],
    ])('shows the scheme of X-Forwarded-Proto: %s', async (forwarded, protocol, rest, original) => {
      const { seen } = await app.request('/', { headers: { 'X-Forwarded-Proto': forwarded } });
      expect(seen.protocol).toBe(protocol);
      expect(seen.socket.encrypted).toBe(protocol === 'https');
      expect(seen.headers['x-forwarded-proto']).toBe(rest);
      expect(seen.headers['x-original-proto']).toBe(original);
    });

    it('shows one client after another over the same connection', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const first = { 'X-Forwarded-For': '203.0.113.7:1', 'X-Forwarded-Proto': 'https' };
      const answers = [
        await app.request('/', { agent, headers: first }),
        await app.request('/', { agent, headers: { 'X-Forwarded-For': '203.0.113.8:2' } }),
        await app.request('/', { agent }),
      ];
      agent.destroy();
      expect(answers.map(({ seen }) => `${seen.protocol} ${seen.ip}`)).toEqual([
        'https 203.0.113.7',
        'http 203.0.113.8',
        'http 127.0.0.1',
      ]);
      expect(answers[0]?.seen.headers['x-original-for']).toBe(answers[1]?.seen.headers['x-original-for']);
    });

    it('hides the words of the gateway in every view of the head', async () => {
      const headers = { 'MS-ASPNETCORE-CLIENTCERT': certificate, 'MS-ASPNETCORE-NEW': '1', 'X-Kept': ['1', '2'] };
      const { body, seen } = await app.request('/', { headers });
      expect(body.toLowerCase()).not.toContain('ms-aspnetcore');
      expect(body).not.toContain(token);
      expect(seen.headers['x-kept']).toBe('1, 2');
      expect(seen.headersDistinct['x-kept']).toEqual(['1', '2']);
      expect(seen.rawHeaders.join(' ')).toContain('X-Kept 1 X-Kept 2');
    });

    it('gives the client certificate', async () => {
      const { seen } = await app.request('/', { headers: { 'MS-ASPNETCORE-CLIENTCERT': certificate } });
      expect(seen).toMatchObject({
        certificate: 'CN=Ada Lovelace\nO=Example',
        certificateAgain: true,
        peer: 'Ada Lovelace',
      });
    });

    it('gives no certificate for one that cannot be read, and says so', async () => {
      const { seen } = await app.request('/', { headers: { 'MS-ASPNETCORE-CLIENTCERT': 'AAAA' } });
      expect(seen).toMatchObject({ certificate: null, certificateAgain: true, peer: null });
      await expect
        .poll(app.output, { timeout: 20_000 })
        .toContain('the client certificate of a request cannot be read');
      expect(app.output().match(/client certificate/g)).toHaveLength(1);
    });

    it('gives the user that the gateway authenticated', async () => {
      const headers = {
        'MS-ASPNETCORE-USER': 'EXAMPLE%5CJos%C3%A9',
        'MS-ASPNETCORE-USER-AUTHTYPE': 'Negotiate',
        'MS-ASPNETCORE-USER-GROUPS': 'EXAMPLE%5CStaff,A%2CB',
      };
      const { seen } = await app.request('/', { headers });
      expect(seen.user).toEqual({
        name: 'EXAMPLE\\José',
        authenticationType: 'Negotiate',
        groups: ['EXAMPLE\\Staff', 'A,B'],
      });
      expect((await app.request('/')).seen.user).toBeNull();
    });

    it('leaves idle connections to the gateway', async () => {
      const agent = new Agent({ keepAlive: true });
      const { headers } = await app.request('/', { agent });
      agent.destroy();
      expect(headers.connection).not.toBe('close');
      expect(headers['keep-alive']).toBeUndefined();
    });

    it('passes an upgrade with the token, refuses one without', async () => {
      const passed = await upgrade(app.port, '/socket', `MS-ASPNETCORE-TOKEN: ${token}\r\n`);
      expect(passed.head).toContain('101 Switching Protocols');
      passed.socket.destroy();
      const refused = await upgrade(app.port, '/socket', '');
      expect(refused.head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      refused.socket.destroy();
    });
  });

  describe('below a path', () => {
    let app: Application;
    beforeAll(async () => {
      app = await start(adapter, { ASPNETCORE_APPL_PATH: '/pathBase' });
    });
    afterAll(async () => {
      app.child.kill('SIGKILL');
      await app.exited;
    });

    it.each([
      ['/PathBase/Path?q=/pathBase', '/PathBase', '/Path?q=/pathBase'],
      ['/pathBase', '/pathBase', '/'],
      ['/pathBase?q', '/pathBase', '/?q'],
      ['/pathBase/', '/pathBase', '/'],
      ['/pathBases/x', '', '/pathBases/x'],
      ['/other', '', '/other'],
    ])('M-88 takes %s apart into %j and %j', async (target, pathBase, url) => {
      const { seen } = await app.request(target);
      expect(seen).toMatchObject({ pathBase, url });
      expect(seen.baseUrl ?? pathBase).toBe(pathBase);
      expect(seen.originalUrl ?? target).toBe(target);
    });

    it('gives an upgrade the url without the path', async () => {
      const { head, socket } = await upgrade(app.port, '/PATHBASE/socket', `MS-ASPNETCORE-TOKEN: ${token}\r\n`);
      expect(head).toContain('X-Url: /socket');
      socket.destroy();
    });

    it('M-51 M-87 stops at the shutdown message below the path, whatever the case', async () => {
      const headers = { 'MS-ASPNETCORE-EVENT': 'Shutdown' };
      const answer = await app.request('/pathBASE/IISintegration', { method: 'POST', headers });
      expect(answer).toMatchObject({ status: 202, body: '' });
      expect(await app.exited).toEqual({ code: 0, signal: null });
    });
  });

  describe('stopping', () => {
    const message = (app: Application, options: RequestOptions = {}) =>
      app.request('/iisintegration', { method: 'POST', headers: stopHeaders, ...options });

    it.each(['the shutdown message', 'SIGTERM'])(
      'M-90 at %s: closes idle connections, emits stopping once, runs the last step, exits with 0',
      async (reason) => {
        const app = await start(adapter);
        const agent = new Agent({ keepAlive: true });
        await app.request('/', { agent });
        const unused = connect({ host: '127.0.0.1', port: app.port, allowHalfOpen: true });
        await once(unused, 'connect');

        if (reason === 'SIGTERM') app.child.kill('SIGTERM');
        else expect(await message(app)).toMatchObject({ status: 202, body: '' });

        expect(await app.exited).toEqual({ code: 0, signal: null });
        const words = adapter === 'fastify.mjs' ? ['fastify closed', 'stopping', 'stopped'] : ['stopping', 'stopped'];
        expect(app.heard.slice(1).toSorted()).toEqual(words.toSorted());
        expect(app.heard.at(-1)).toBe('stopped');
        unused.destroy();
        agent.destroy();
      },
    );

    it('finishes requests in flight, takes no new connection, and answers a second message with 202', async () => {
      const app = await start(adapter);
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const held = app.request('/held', { agent });
      await app.said('held');
      // Two connections that are busy with half a request when the stop begins.
      const second = await half(app.port, 'POST /iisintegration');

      await message(app);
      await app.said('stopping');
      await expect(app.request('/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      second.write('MS-ASPNETCORE-EVENT: shutdown\r\n\r\n');
      expect(await headOf(second)).toMatch(/^HTTP\/1\.1 202 /);
      expect(app.heard).not.toContain('stopped');

      app.child.send('release');
      const answer = await held;
      expect(answer.seen.url).toBe('/held');
      expect(answer.headers.connection).toBe('close');
      expect(await app.exited).toEqual({ code: 0, signal: null });
      expect(app.heard.filter((word) => word === 'stopping')).toHaveLength(1);
      agent.destroy();
      second.destroy();
    });

    it('waits for upgraded connections', async () => {
      const app = await start(adapter);
      const { socket } = await upgrade(app.port, '/socket', `MS-ASPNETCORE-TOKEN: ${token}\r\n`);
      await message(app);
      await app.said('stopping');
      socket.write('still here');
      const [echo] = await once(socket, 'data');
      expect(String(echo)).toBe('still here');
      expect(app.heard).not.toContain('stopped');
      socket.end();
      expect(await app.exited).toEqual({ code: 0, signal: null });
    });
  });

  it('passes an upgrade as an ordinary request where the host forbids upgrades', async () => {
    const app = await start(adapter, { ASPNETCORE_IIS_WEBSOCKETS_SUPPORTED: 'false' });
    const { head, socket } = await upgrade(app.port, '/socket', `MS-ASPNETCORE-TOKEN: ${token}\r\n`);
    expect(head).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
    app.child.kill('SIGKILL');
    await app.exited;
  });

  it('listens on a unix socket when the host names one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'integration-'));
    const path = join(folder, 'app.sock');
    const app = await start(adapter, { ASPNETCORE_PORT: path });
    const headers = { 'X-Forwarded-For': '203.0.113.7:1' };
    const { seen } = await app.request('/x', { address: { socketPath: path }, headers });
    expect(seen).toMatchObject({ url: '/x', ip: '203.0.113.7' });
    expect(seen.headers['x-original-for']).toBe('unix');
    app.child.kill('SIGKILL');
    await app.exited;
    rmSync(folder, { recursive: true });
  });

  it('M-83 changes nothing when there is no token', async () => {
    const own = String(await freePort());
    const app = await start(adapter, { ASPNETCORE_TOKEN: undefined, TEST_OWN_PORT: own });
    const headers = { 'MS-ASPNETCORE-TOKEN': 'x', 'X-Forwarded-For': '203.0.113.7' };
    const { seen } = await app.request('/pathBase', { port: Number(own), headers });
    expect(seen).toMatchObject({ url: '/pathBase', pathBase: null, ip: '127.0.0.1' });
    expect(seen.headers).toMatchObject({ 'ms-aspnetcore-token': 'x', 'x-forwarded-for': '203.0.113.7' });
    app.child.kill('SIGTERM');
    expect(await app.exited).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('says what is wrong with a port that no host gives', async () => {
    await expect(start(adapter, { ASPNETCORE_PORT: 'abc' })).rejects.toThrow(
      /ASPNETCORE_PORT is "abc": expected a port/,
    );
  });
});

describe.each(nodesUnderTest())('Node.js $major', ({ program, problem }) => {
  it.skipIf(program === undefined).each(adapters)(
    `M-51 M-84 M-91 %s: serves the gateway alone, shows the client, stops without losing a request${problem}`,
    async (adapter) => {
      const app = await start(adapter, { ASPNETCORE_APPL_PATH: '/shop' }, program);
      const forwarded = { 'X-Forwarded-For': '203.0.113.7:1', 'X-Forwarded-Proto': 'https' };
      const { seen } = await app.request('/shop/cart', { headers: forwarded });
      expect(seen).toMatchObject({ url: '/cart', pathBase: '/shop', ip: '203.0.113.7', protocol: 'https' });
      expect((await app.request('/', { headers: { 'MS-ASPNETCORE-TOKEN': 'wrong' } })).status).toBe(400);

      const agent = new Agent({ keepAlive: true });
      const held = app.request('/shop/held', { agent });
      await app.said('held');
      const asked = await app.request('/shop/iisintegration', { method: 'POST', headers: stopHeaders });
      expect(asked.status).toBe(202);
      await app.said('stopping');
      app.child.send('release');
      expect((await held).seen.url).toBe('/held');
      expect(await app.exited).toEqual({ code: 0, signal: null });
      agent.destroy();
    },
  );
});

describe('fastify.mjs', () => {
  it('lets nothing pass on the second address that "localhost" has', async () => {
    const app = await start('fastify.mjs', { TEST_OWN_HOST: 'localhost' });
    expect((await app.request('/')).status).toBe(200);
    // Where the machine has no ::1, or names it otherwise, there is no second server.
    const second = await app.request('/', { address: { host: '::1', port: app.port } }).catch(() => undefined);
    if (second !== undefined) expect(second).toMatchObject({ status: 400, body: '' });
    app.child.kill('SIGTERM');
    expect(await app.exited).toEqual({ code: 0, signal: null });
  });
});

/** Asks for an upgrade and reads the head of the answer. */
async function upgrade(port: number, target: string, fields: string): Promise<{ head: string; socket: Socket }> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: test\r\n${fields}\r\n`);
  return { head: await headOf(socket), socket };
}

/** A connection on which a request has begun, and the application's server knows it. */
async function half(port: number, start: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  const fields = `HTTP/1.1\r\nHost: a\r\nMS-ASPNETCORE-TOKEN: ${token}\r\n`;
  // In one piece: the answer to the first request proves that the half one has been read.
  socket.write(`HEAD /first ${fields}\r\n${start} ${fields}Content-Length: 0\r\n`);
  await headOf(socket);
  return socket;
}

async function headOf(socket: Socket): Promise<string> {
  let received = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    received += chunk;
    if (received.includes('\r\n\r\n')) return received;
  }
  throw new Error(`the connection ended after ${JSON.stringify(received)}`);
}
