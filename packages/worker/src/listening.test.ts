import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { freePort } from './testing/free-port.ts';
import { eventually } from './testing/eventually.ts';
import { onEachNode, startReady } from './testing/on-each-node.ts';

onEachNode((start, major) => {
  it.each([
    ['number', '::', 'IPv6'],
    ['text', '::', 'IPv6'],
    ['callback', '::', 'IPv6'],
    ['backlog', '::', 'IPv6'],
    ['host', '127.0.0.1', 'IPv4'],
    ['host and backlog', '127.0.0.1', 'IPv4'],
    ['options', '::', 'IPv6'],
    ['text in options', '::', 'IPv6'],
    ['signal', '::', 'IPv6'],
    ['nothing', '::', 'IPv6'],
    ['port 0', '::', 'IPv6'],
  ])('serves a server that listens in the form "%s"; address() and close() work', async (form, address, family) => {
    await using worker = await startReady(start, 'listen-forms.cjs', { environment: { FORM: form } });
    expect(await worker.message('ready')).toMatchObject({ port: 8080, protocol: 'http/1.1' });
    expect(await worker.gateway.json()).toEqual({ address: { address, family, port: 8080 }, listening: true });
    expect(await worker.gateway.json({ path: '/close' })).toEqual({ address: null, listening: false });
    await worker.outputIncludes('closed');
    expect(await worker.exit).toEqual({ code: 0, signal: null });
  });

  it('serves a server that listens on the name of a host', async () => {
    await using worker = await startReady(start, 'listen-forms.cjs', { environment: { FORM: 'name of a host' } });
    const { address } = await worker.gateway.json<{ address: { address: string } }>();
    expect(['127.0.0.1', '::1']).toContain(address.address);
  });

  it('leaves paths, handles, bad ports and probes to Node.js', async () => {
    await using worker = await startReady(start, 'other-listens.cjs');
    interface Outcomes {
      readonly path: string;
      readonly outcomes: Record<string, unknown>;
    }
    let answer = await worker.gateway.json<Outcomes>();
    while (!('probe' in answer.outcomes && 'unknown host' in answer.outcomes && 'handle' in answer.outcomes)) {
      answer = await worker.gateway.json<Outcomes>();
    }
    const { path, outcomes } = answer;
    expect(outcomes).toMatchObject({
      path: path,
      'path in options': `${path}-2`,
      'port too large': 'ERR_SOCKET_BAD_PORT',
      'port negative': 'ERR_SOCKET_BAD_PORT',
      'no port in options': 'ERR_INVALID_ARG_VALUE',
      'unknown host': expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
      'listening already': 'ERR_SERVER_ALREADY_LISTEN',
      probe: 'free',
    });
    expect(await plainGet(connect(path))).toBe('path');
    expect(await plainGet(connect((outcomes['handle'] as { port: number }).port, '127.0.0.1'))).toBe('handle');
  });

  it('takes the server on PORT for the application, not the one that comes first, which really binds', async () => {
    const port = await freePort();
    const environment = { METRICS_PORT: String(port) };
    await using worker = await startReady(start, 'metrics-first.cjs', { environment });
    expect(await worker.message('ready')).toMatchObject({ port: 8080 });
    expect(await worker.gateway.json()).toEqual({ address: '127.0.0.1', family: 'IPv4', port });
    expect(await plainGet(connect(port, '127.0.0.1'))).toBe('metrics');
  });

  it('really binds a server on another port that comes later', async () => {
    const port = await freePort();
    const environment = { METRICS_PORT: String(port) };
    await using worker = await startReady(start, 'metrics-after.cjs', { environment });
    await eventually(() => plainGet(connect(port, '127.0.0.1')).catch(() => 'not yet'), 'metrics');
    expect((await worker.gateway.request()).body).toBe('application');
  });

  it.skipIf(major < 22).each(['metrics-first.cjs', 'metrics-after.cjs'])(
    'lets two workers share a port that is not the application’s (Node.js 22.12 and later): %s',
    async (app) => {
      const port = await freePort();
      const environment = { METRICS_PORT: String(port) };
      await using first = await startReady(start, app, { environment });
      await eventually(() => plainGet(connect(port, '127.0.0.1')).catch(() => 'not yet'), 'metrics');
      {
        await using second = await startReady(start, app, { environment });
        expect((await second.gateway.request()).status).toBe(200);
        await first[Symbol.asyncDispose]();
        await eventually(() => plainGet(connect(port, '127.0.0.1')).catch(() => 'not yet'), 'metrics');
      }
    },
  );

  it('gives the place to a server on PORT however late it comes, and keeps connections correct', async () => {
    const port = await freePort();
    const environment = { METRICS_PORT: String(port) };
    await using worker = await startReady(start, 'metrics-long-before.cjs', { environment });
    expect(await worker.message('ready')).toMatchObject({ port });
    const agent = worker.gateway.agent();
    expect((await worker.gateway.request({ agent })).body).toBe('metrics');
    worker.signal('SIGUSR2');
    await eventually(async () => (await worker.gateway.request()).body, 'application');
    expect(await plainGet(connect(port, '127.0.0.1'))).toBe('metrics');
    // A connection from before leads to the application too.
    expect((await worker.gateway.request({ agent })).body).toBe('application');
    expect(worker.messages.filter(({ type }) => type === 'ready')).toHaveLength(1);
  });

  it.each([
    ['nothing else is under way', {}],
    ['something else is under way for ever', { TIMER: '1' }],
  ])('serves an application with a port of its own when %s', async (_when, environment) => {
    await using worker = await startReady(start, 'hard-coded-port.cjs', { environment });
    expect(await worker.message('ready')).toMatchObject({ port: 3000 });
    expect(await worker.gateway.json()).toEqual({ address: '::', family: 'IPv6', port: 3000 });
    await worker.outputIncludes('listening on 3000');
    await expect(plainGet(connect(3000, '127.0.0.1'))).rejects.toThrow('ECONNREFUSED');
  });

  it('serves it at once when PORT names its port', async () => {
    await using worker = await startReady(start, 'hard-coded-port.cjs', {
      settings: { port: 3000 },
      environment: { TIMER: '1' },
    });
    expect(await worker.gateway.json()).toMatchObject({ port: 3000 });
  });

  it('reports EADDRINUSE for the same port again, in the words of Node.js', async () => {
    await using worker = await startReady(start, 'same-port-twice.cjs');
    const error = { code: 'EADDRINUSE', port: 8080, syscall: 'listen' };
    await eventually(() => worker.gateway.json(), {
      first: { address: '::', family: 'IPv6', port: 8080 },
      same: { ...error, address: '::', message: 'listen EADDRINUSE: address already in use :::8080' },
      covered: {
        ...error,
        address: '127.0.0.1',
        message: 'listen EADDRINUSE: address already in use 127.0.0.1:8080',
      },
    });
  });

  it('takes the same port on another loopback address for an alias', async () => {
    await using worker = await startReady(start, 'loopback-twice.cjs');
    await eventually(
      () => worker.gateway.json(),
      [
        { address: '127.0.0.1', family: 'IPv4', port: 8080 },
        { address: '::1', family: 'IPv6', port: 8080 },
      ],
    );
  });

  it('serves the server that listens after the first one closed', async () => {
    await using worker = await startReady(start, 'listens-again.cjs');
    expect((await worker.gateway.request({ path: '/again' })).body).toBe('first');
    await worker.outputIncludes('listens again');
    expect((await worker.gateway.request()).body).toBe('second');
  });

  it('is ready when the server listens, however late', async () => {
    await using worker = await start('late-listen.mjs');
    await worker.outputIncludes('waiting');
    expect((await worker.ping()).activeRequests).toBe(0);
    expect(worker.messages.map(({ type }) => type)).toEqual(['hello', 'pong']);
    worker.signal('SIGUSR2');
    await worker.message('ready');
    expect((await worker.gateway.request()).body).toBe('late');
  });

  it('is not ready before the token has come', async () => {
    await using worker = await start('peer-echo.cjs', { pair: false });
    await worker.message('hello');
    await worker.ping();
    worker.send({ type: 'pair', token: worker.token });
    await worker.message('ready');
    expect(worker.messages.map(({ type }) => type)).toEqual(['hello', 'pong', 'ready']);
    expect((await worker.gateway.request()).status).toBe(200);
  });

  it('ends when nothing but the control channel is left', async () => {
    await using worker = await startReady(start, 'finishes.cjs');
    await worker.gateway.request({ path: '/close' });
    expect(await worker.exit).toEqual({ code: 0, signal: null });
    expect(worker.output).toContain('exit 0');
  });

  it('ends when its server is unreferenced', async () => {
    await using worker = await start('unreferenced.cjs');
    expect(await worker.exit).toEqual({ code: 0, signal: null });
  });

  it.each(['self?host=localhost', 'self?host=127.0.0.1', 'self?host=[::1]', 'get', 'raw?host=0.0.0.0'])(
    'leads a connection of the application to its own port to its server: /%s',
    async (path) => {
      await using worker = await startReady(start, 'self-request.mjs');
      const { body } = await worker.gateway.request({ path: `/${path}` });
      expect(body).toMatch(/inner from 127\.0\.0\.1$/);
    },
  );
});

async function plainGet(socket: ReturnType<typeof connect>): Promise<string> {
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const answer = await text(socket);
  return answer.slice(answer.indexOf('\r\n\r\n') + 4).replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, '');
}
