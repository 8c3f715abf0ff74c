import { once } from 'node:events';
import http from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { eventually } from './testing/eventually.ts';
import { freePort } from './testing/free-port.ts';
import { onEachNode, startReady } from './testing/on-each-node.ts';
import type { WorkerUnderTest } from './testing/supervisor.ts';

/** Longer than any test. */
const patient = 60_000;

onEachNode((start) => {
  it('M-101 finishes what is in flight, then ends', async () => {
    await using worker = await startReady(start, 'held-until-signal.cjs');
    const begun = await worker.gateway.begin({ path: '/held?head', agent: worker.gateway.agent() });
    const notBegun = worker.gateway.begin({ path: '/held', agent: worker.gateway.agent() });
    await activeRequests(worker, 2);
    worker.send({ type: 'drain', limitMs: patient });
    await worker.ping();
    worker.signal('SIGUSR2');
    const answer = await notBegun;
    expect(answer.headers.connection).toBe('close');
    expect(await Promise.all([text(begun), text(answer)])).toEqual(['held', 'held']);
    expect(await worker.exit).toEqual({ code: 0, signal: null });
    expect(worker.messages.at(-1)?.type).toBe('drained');
  });

  it('ends connections without a request at once, used or never used', async () => {
    await using worker = await startReady(start, 'held-until-signal.cjs');
    const never = await worker.gateway.connect();
    const used = await worker.gateway.connect();
    used.write(rawRequest(worker));
    await once(used, 'data');
    const held = worker.gateway.request({ path: '/held', agent: worker.gateway.agent() });
    await activeRequests(worker, 1);
    worker.send({ type: 'drain', limitMs: patient });
    await Promise.all([once(never.resume(), 'end'), once(used.resume(), 'end')]);
    expect(worker.messages.at(-1)?.type).toBe('pong');
    worker.signal('SIGUSR2');
    expect((await held).body).toBe('held');
    expect(await worker.exit).toEqual({ code: 0, signal: null });
  });

  it('serves a request that comes all the same, and ends its connection', async () => {
    await using worker = await startReady(start, 'held-until-signal.cjs');
    const held = worker.gateway.request({ path: '/held', agent: worker.gateway.agent() });
    await activeRequests(worker, 1);
    worker.send({ type: 'drain', limitMs: patient });
    await worker.ping();
    const late = await worker.gateway.request({ agent: worker.gateway.agent() });
    expect(late).toMatchObject({ status: 200, headers: { connection: 'close' } });
    worker.signal('SIGUSR2');
    expect((await held).body).toBe('held');
    expect((await worker.exit).code).toBe(0);
  });

  it("runs the application's SIGTERM handlers after the last answer, and ends as they say", async () => {
    await using worker = await startReady(start, 'handles-sigterm.cjs');
    await worker.gateway.request({ agent: worker.gateway.agent() });
    await worker.gateway.connect();
    worker.send({ type: 'drain', limitMs: patient });
    expect(await worker.exit).toEqual({ code: 7, signal: null });
    expect(worker.output).toBe('SIGTERM 15\nclosed\n');
    expect(worker.messages.at(-1)?.type).toBe('drained');
  });

  it('ends at the limit when the SIGTERM handler does not', async () => {
    await using worker = await startReady(start, 'ignores-sigterm-for-ever.cjs');
    worker.send({ type: 'drain', limitMs: 300 });
    expect(await worker.exit).toEqual({ code: 0, signal: null });
    expect(worker.output).toBe('ignored\n');
  });

  it('ends sooner when the answers have had their time', async () => {
    await using worker = await startReady(start, 'held-until-signal.cjs');
    const held = worker.gateway.request({ path: '/held' }).catch(() => 'lost');
    await activeRequests(worker, 1);
    worker.send({ type: 'drain', limitMs: patient, answersMs: 0 });
    expect(await worker.exit).toEqual({ code: 0, signal: null });
    expect(await held).toBe('lost');
  });

  it('takes a limit for what it is, though no timer goes that far', async () => {
    await using worker = await startReady(start, 'held-until-signal.cjs');
    const held = worker.gateway.request({ path: '/held', agent: worker.gateway.agent() });
    await activeRequests(worker, 1);
    worker.send({ type: 'drain', limitMs: 4_294_967_000 });
    await worker.ping();
    await worker.ping();
    worker.signal('SIGUSR2');
    expect((await held).body).toBe('held');
    expect(await worker.exit).toEqual({ code: 0, signal: null });
  });

  it('ends at the limit when an answer does not come', async () => {
    await using worker = await startReady(start, 'held-until-signal.cjs');
    const held = worker.gateway.request({ path: '/held' }).catch(() => 'lost');
    await activeRequests(worker, 1);
    worker.send({ type: 'drain', limitMs: 300 });
    expect(await worker.exit).toEqual({ code: 0, signal: null });
    expect(await held).toBe('lost');
  });

  it('drains HTTP/2: open streams end, then the session', async () => {
    await using worker = await startReady(start, 'held-until-signal.cjs', { environment: { KIND: 'http2' } });
    const session = worker.gateway.session();
    const held = worker.gateway.stream(session, { path: '/held' });
    await activeRequests(worker, 1);
    worker.send({ type: 'drain', limitMs: patient });
    await once(session, 'goaway');
    worker.signal('SIGUSR2');
    expect((await held).body).toBe('held');
    expect(await worker.exit).toEqual({ code: 0, signal: null });
  });

  it('ends an HTTP/2 session that comes while it drains, after its first stream', async () => {
    await using worker = await startReady(start, 'held-until-signal.cjs', { environment: { KIND: 'http2' } });
    const held = worker.gateway.stream(worker.gateway.session(), { path: '/held' });
    await activeRequests(worker, 1);
    worker.send({ type: 'drain', limitMs: patient });
    await worker.ping();
    const session = worker.gateway.session();
    const ended = once(session, 'close');
    expect(await worker.gateway.stream(session)).toMatchObject({ status: 200, body: 'not held' });
    await ended;
    worker.signal('SIGUSR2');
    expect((await held).body).toBe('held');
    expect(await worker.exit).toEqual({ code: 0, signal: null });
  });

  it('never closes an idle connection of the gateway, whatever the application sets', async () => {
    const port = await freePort();
    await using worker = await startReady(start, 'time-limits.cjs', { environment: { CONTROL_PORT: String(port) } });
    const never = await worker.gateway.connect();
    const agent = worker.gateway.agent();
    await worker.gateway.request({ agent });
    // The same limits close connections on TCP, used or not, several times over.
    await eventually(() => closedByServer(port, 'used').catch(() => false), true);
    for (const kind of ['never used', 'used', 'never used'] as const)
      expect(await closedByServer(port, kind)).toBe(true);
    const [socket] = Object.values(agent.freeSockets)[0] ?? [];
    expect(socket?.readable).toBe(true);
    const limits = { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 };
    expect(await worker.gateway.json({ agent })).toMatchObject(limits);
    never.write(rawRequest(worker));
    expect(String((await once(never, 'data'))[0])).toMatch(/^HTTP\/1.1 200/);
  });

  it("keeps the application's limit for one request to that request", async () => {
    const port = await freePort();
    await using worker = await startReady(start, 'time-limits.cjs', { environment: { CONTROL_PORT: String(port) } });
    const agent = worker.gateway.agent();
    expect(await worker.gateway.request({ agent, path: '/limited' })).toMatchObject({ status: 503, body: 'limited' });
    expect(await worker.gateway.json({ agent })).toMatchObject({ timeout: 60, own: 60 });
  });
});

function rawRequest(worker: WorkerUnderTest): string {
  return ['GET / HTTP/1.1', worker.gateway.field().join(': '), 'Host: x', '', ''].join('\r\n');
}

async function activeRequests(worker: WorkerUnderTest, number: number): Promise<void> {
  await eventually(async () => (await worker.ping()).activeRequests, number);
}

async function closedByServer(port: number, kind: 'used' | 'never used'): Promise<true> {
  const request = http.request({ port, host: '127.0.0.1', agent: new http.Agent({ keepAlive: true }) });
  const [socket] = (await once(request, 'socket')) as [Socket];
  if (kind === 'used') {
    request.end();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
  } else {
    request.on('error', () => {});
  }
  if (!socket.destroyed) await once(socket, 'close');
  return true;
}
