import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listenScripted, openClient, startGateway } from '../testing/for-one-test.ts';
import type { RawClient } from '../testing/raw-client.ts';
import type { RunningGateway } from '../testing/running-gateway.ts';
import type { ScriptedUpstream, UpstreamPeer } from '../testing/scripted-upstream.ts';

async function scripted(onData: (peer: UpstreamPeer) => void): Promise<{ upstream: ScriptedUpstream; port: number }> {
  const { scripted: upstream, port } = await listenScripted(onData);
  return { upstream, port };
}

const get = (target = '/', ...fields: string[]): string =>
  [`GET ${target} HTTP/1.1`, 'Host: a.test', ...fields, '', ''].join('\r\n');
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const answering = (peer: UpstreamPeer): void => {
  if (peer.received.endsWith('\r\n\r\n')) peer.send(ok);
};
const silent = (): void => {};

async function poll(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Clients that wait in the queue of `gateway`, one after the other. */
async function queue(gateway: RunningGateway, count: number): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  for (let index = 0; index < count; index++) {
    const before = gateway.clientBytes;
    clients.push(openClient(gateway).send(get(`/${index}`)));
    await poll(() => gateway.clientBytes > before);
  }
  return clients;
}

describe('the queue', () => {
  it('P-15 demands a start once for any number of requests, and serves them in order', async () => {
    const gateway = await startGateway();
    const clients = await queue(gateway, 20);
    expect(gateway.messagesOf('demand')).toEqual([
      { version: 1, type: 'demand', application: 'site/', reason: 'none' },
    ]);
    const { upstream, port } = await scripted(answering);
    gateway.addUpstream(port);
    for (const client of clients) expect(await client.responses(1)).toEqual(['200']);
    const order = upstream.peers.map(({ received }) => /GET \/(\d+)/.exec(received)?.[1]);
    expect(order.toSorted((a, b) => Number(a) - Number(b))).toEqual(clients.map((_, index) => `${index}`));
  });

  it('P-17 refuses the request that finds the queue full, at once, with 503 QueueFull', async () => {
    const gateway = await startGateway({ pool: { queueLength: 10 } });
    await queue(gateway, 10);
    const refused = openClient(gateway).send(get());
    expect(await refused.all()).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n[^]*Connection: close\r\n/);
    gateway.pass(1_000);
    expect(gateway.messagesOf('counters').at(-1)?.pools).toEqual([
      { name: 'pool', waiting: 10, refused: { QueueFull: 1 } },
    ]);
    expect(gateway.messagesOf('event').map(({ name }) => name)).toContain('queue.full');
  });

  it('P-19 frees the place of a client that leaves; the upstream never sees its request', async () => {
    const gateway = await startGateway({ pool: { queueLength: 1 } });
    const [leaving] = await queue(gateway, 1);
    leaving?.socket.resetAndDestroy();
    await poll(() => gateway.clients[0]?.destroyed === true);
    const staying = openClient(gateway).send(get('/staying'));
    await poll(() => gateway.clients.length === 2 && (gateway.clients[1]?.bytesRead ?? 0) > 0);
    const { upstream, port } = await scripted(answering);
    gateway.addUpstream(port);
    expect(await staying.responses(1)).toEqual(['200']);
    expect(upstream.received).not.toContain('GET /0');
  });

  it('P-20 answers 503 AppPoolTimer after the time of the site, but not while a start is in flight', async () => {
    const gateway = await startGateway({ site: { connectionTimeoutMs: 5_000 } });
    gateway.setState({ state: 'starting' });
    const [client] = await queue(gateway, 1);
    gateway.pass(60_000);
    expect(client?.received).toBe('');
    gateway.setState({ state: 'available' });
    gateway.pass(4_500);
    expect(client?.received).toBe('');
    gateway.pass(1_000);
    expect(await client?.all()).toMatch(/^HTTP\/1\.1 503 /);
    expect(gateway.messagesOf('event').map(({ name }) => name)).toContain('queue.timeout');
  });

  it('does not demand while a start is in flight; demands again when that has led to nothing', async () => {
    const gateway = await startGateway();
    gateway.setState({ state: 'starting' });
    await queue(gateway, 1);
    expect(gateway.messagesOf('demand')).toHaveLength(0);
    gateway.setState({ state: 'available' });
    expect(gateway.messagesOf('demand')).toHaveLength(1);
  });

  it('P-26 keeps at most its read-ahead of a body that waits', async () => {
    const gateway = await startGateway();
    const client = openClient(gateway).send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n`);
    client.socket.write(Buffer.alloc(50_000_000));
    let before = -1;
    while (before !== gateway.clientBytes) {
      before = gateway.clientBytes;
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(before).toBeLessThan(300_000);
  });

  it('P-17 asks for more places when its own are used up, and refuses what finds none anywhere', async () => {
    const gateway = await startGateway({ pool: { queueLength: 9 }, gateways: 2 });
    const clients = await queue(gateway, 4);
    expect(gateway.messagesOf('lease')).toEqual([]);
    clients.push(...(await queue(gateway, 4)));
    expect(gateway.messagesOf('lease')).toEqual([{ version: 1, type: 'lease', limit: 'queue:pool' }]);
    expect(clients.every(({ received }) => received === '')).toBe(true);
    // Not enough for all who wait: the rest asks again.
    gateway.gateway.receive({ version: 1, type: 'lease', limit: 'queue:pool', granted: 2 });
    expect(gateway.messagesOf('lease')).toHaveLength(2);
    gateway.gateway.receive({ version: 1, type: 'lease', limit: 'queue:pool', granted: 0 });
    for (const refused of clients.splice(6)) expect(await refused.all()).toMatch(/^HTTP\/1\.1 503 /);
    // For a second, the answer holds for others.
    expect(await openClient(gateway).send(get()).all()).toMatch(/^HTTP\/1\.1 503 /);
    gateway.pass(1_000);
    expect(gateway.messagesOf('counters').at(-1)?.pools).toEqual([
      { name: 'pool', waiting: 6, refused: { QueueFull: 3 } },
    ]);
    clients.push(...(await queue(gateway, 1)));
    expect(gateway.messagesOf('lease')).toHaveLength(3);
    gateway.addUpstream((await scripted(answering)).port);
    for (const client of clients) expect(await client.responses(1)).toEqual(['200']);
  });

  it('gives back places that it does not need when another gateway asks, half of them at a time', async () => {
    const gateway = await startGateway({ pool: { queueLength: 20 }, gateways: 2 });
    await queue(gateway, 3);
    for (let count = 0; count < 4; count++) {
      gateway.gateway.receive({ version: 1, type: 'recall', limit: 'queue:pool', places: 64 });
    }
    expect(gateway.messagesOf('return').map(({ places }) => places)).toEqual([4, 2, 1, 0]);
  });

  it('lets as many wait for an answer as a block has places, and no more', async () => {
    const gateway = await startGateway({ pool: { queueLength: 1_000 }, gateways: 2, leases: { 'requests:pool': 10 } });
    await queue(gateway, 64);
    expect(await openClient(gateway).send(get()).all()).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('a request that waits for its place is answered like any other when the state of its application says so', async () => {
    const gateway = await startGateway({ pool: { queueLength: 10 }, gateways: 2, leases: { 'requests:pool': 10 } });
    const [client] = await queue(gateway, 1);
    gateway.setState({ state: 'failed', failure: { status: 500, subStatus: 30, title: 'no', page: true } });
    expect(await client?.responses(1)).toEqual(['500']);
    gateway.gateway.receive({ version: 1, type: 'lease', limit: 'queue:pool', granted: 10 });
    gateway.pass(1_000);
    expect(gateway.messagesOf('counters').at(-1)?.pools ?? []).toEqual([]);
  });

  it('pays back what a lower queueLength takes, as requests leave', async () => {
    const gateway = await startGateway({ pool: { queueLength: 20 }, gateways: 2 });
    const clients = await queue(gateway, 8);
    gateway.change({ pools: [{ ...gateway.pool, queueLength: 4 }] });
    expect(gateway.messagesOf('return').map(({ places }) => places)).toEqual([2]);
    for (const client of clients.slice(0, 5)) client.socket.resetAndDestroy();
    await poll(() => {
      gateway.pass(1_000);
      return gateway.messagesOf('return').reduce((sum, { places }) => sum + places, 0) === 7;
    });
  });

  it('gives everything back that it does not need when it drains', async () => {
    const gateway = await startGateway({ pool: { queueLength: 20 }, gateways: 2 });
    await queue(gateway, 3);
    gateway.gateway.receive({ version: 1, type: 'drain', limitMs: 60_000 });
    expect(gateway.messagesOf('return')).toContainEqual(
      expect.objectContaining({ limit: 'queue:pool', places: 7, recalled: false }),
    );
  });
});

describe('states', () => {
  it.each(['AppOffline', 'Disabled', 'AppShutdown'] as const)(
    'P-30 H-156 a stopped pool refuses: %s',
    async (reason) => {
      const gateway = await startGateway();
      const [waiting] = await queue(gateway, 1);
      gateway.change({ poolStates: [{ name: 'pool', state: 'stopped', reason }] });
      expect(await waiting?.all()).toMatch(/^HTTP\/1\.1 503 /);
      expect(await openClient(gateway).send(get()).all()).toMatch(/^HTTP\/1\.1 503 /);
      gateway.pass(1_000);
      expect(gateway.messagesOf('counters').at(-1)?.pools[0]?.refused).toEqual({ [reason]: 2 });
    },
  );

  it('TcpLevel refuses by a reset', async () => {
    const gateway = await startGateway({ pool: { refuseWith: 'TcpLevel' } });
    gateway.change({ poolStates: [{ name: 'pool', state: 'stopped', reason: 'AppOffline' }] });
    const client = openClient(gateway).send(get());
    await client.until(({ closed }) => closed);
    expect(client).toMatchObject({ received: '', errorCode: 'ECONNRESET' });
  });

  it('P-12 an application of a missing pool gets 503', async () => {
    const gateway = await startGateway();
    gateway.change({ removedPools: ['pool'] });
    expect(await openClient(gateway).send(get()).all()).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('a failed application answers with its page, to those who waited as well, until its state changes', async () => {
    const gateway = await startGateway();
    const [waiting] = await queue(gateway, 1);
    const failure = { status: 500, subStatus: 30, title: 'failed to start', page: true };
    gateway.setState({ state: 'failed', failure });
    await waiting?.until(({ received }) => received.includes('500.30 failed to start'));
    const client = openClient(gateway).send(get());
    await client.until(({ received }) => received.includes('500.30'));
    gateway.setState({ state: 'available' });
    const { port } = await scripted(answering);
    gateway.addUpstream(port);
    expect(await client.send(get()).responses(2)).toEqual(['500', '200']);
  });

  it('M-44 without its page a failed start is 502.3', async () => {
    const gateway = await startGateway({ forwardOptions: { errorPage: false } });
    gateway.setState({ state: 'failed', failure: { status: 502, subStatus: 5, title: 'x', page: true } });
    expect(await openClient(gateway).send(get('/', 'Connection: close')).all()).toContain('502.3');
  });

  it('M-104 M-105 an offline application answers with the bytes of its page, never through a link', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'poolhouse-offline-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'app_offline.htm');
    const link = join(folder, 'link.htm');
    writeFileSync(file, 'We are \u00e4way');
    symlinkSync(file, link);
    const gateway = await startGateway();
    const answer = async (offlinePage: string): Promise<string> => {
      gateway.setState({ state: 'offline', offlinePage });
      return openClient(gateway).send(get('/', 'Connection: close')).all();
    };
    const shown = await answer(file);
    expect(shown).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\nContent-Type: text\/html\r\n/);
    expect(Buffer.from(shown, 'latin1').toString()).toMatch(/We are äway$/);
    for (const other of [link, folder, join(folder, 'missing')]) expect(await answer(other)).toMatch(/\r\n\r\n$/);
  });

  it('M-24 H-156 answers 503.2 above the limit of concurrent requests', async () => {
    const gateway = await startGateway({ pool: { concurrentRequestLimit: 2 } });
    const { upstream, port } = await scripted(silent);
    gateway.addUpstream(port);
    await queue(gateway, 2);
    await upstream.peer(1);
    expect(await openClient(gateway).send(get('/', 'Connection: close')).all()).toContain('503.2');
    upstream.peers[0]?.send(ok);
    await poll(() => gateway.messages.length > 0);
    const next = openClient(gateway);
    await poll(() => upstream.peers[0]?.received !== '');
    next.send(get('/next'));
    await Promise.race([
      (await upstream.peer(0)).until(({ received }) => received.includes('/next')),
      next.responses(1),
    ]);
    expect(next.received).toBe('');
  });
});

describe('the limit of concurrent requests', () => {
  it('is one for all gateways: what finds no place here waits until the supervisor has one', async () => {
    const gateway = await startGateway({ pool: { concurrentRequestLimit: 4 }, gateways: 2 });
    const { upstream, port } = await scripted(silent);
    gateway.addUpstream(port);
    await queue(gateway, 3);
    await upstream.peer(1);
    expect(gateway.messagesOf('lease')).toEqual([{ version: 1, type: 'lease', limit: 'requests:pool' }]);
    gateway.gateway.receive({ version: 1, type: 'lease', limit: 'requests:pool', granted: 1 });
    await upstream.peer(2);
  });

  it('M-24 is 503.2 when all places are taken elsewhere; who waits already tries again', async () => {
    const gateway = await startGateway({
      pool: { concurrentRequestLimit: 4 },
      gateways: 2,
      leases: { 'queue:pool': 10 },
    });
    const { port } = await scripted(answering);
    gateway.addUpstream(port);
    const [waiting] = await queue(gateway, 1);
    gateway.gateway.receive({ version: 1, type: 'lease', limit: 'requests:pool', granted: 0 });
    expect(await openClient(gateway).send(get('/', 'Connection: close')).all()).toContain('503.2');
    gateway.pass(1_300);
    expect(gateway.messagesOf('lease')).toHaveLength(2);
    gateway.gateway.receive({ version: 1, type: 'lease', limit: 'requests:pool', granted: 1 });
    expect(await waiting?.responses(1)).toEqual(['200']);
  });

  it('still counts requests of a pool that has gone and come again', async () => {
    const gateway = await startGateway({ pool: { concurrentRequestLimit: 2 } });
    const { upstream, port } = await scripted(silent);
    gateway.addUpstream(port);
    const clients = await queue(gateway, 2);
    await upstream.peer(1);
    gateway.change({ removedPools: ['pool'] });
    gateway.change({ pools: [gateway.pool] });
    expect(await openClient(gateway).send(get('/', 'Connection: close')).all()).toContain('503.2');
    for (const peer of upstream.peers) peer.send(ok);
    for (const client of clients) expect(await client.responses(1)).toEqual(['200']);
  });
});

describe('dispatch', () => {
  it('takes the least active of all gateways', async () => {
    const gateway = await startGateway({ gateways: 2 });
    const all = [await scripted(silent), await scripted(silent)];
    const ids = all.map(({ port }) => gateway.addUpstream(port));
    gateway.gateway.receive({
      version: 1,
      type: 'elsewhere',
      upstreams: [
        { id: ids[0] as number, active: 3 },
        { id: 999, active: 1 },
      ],
    });
    await queue(gateway, 5);
    await all[1]?.upstream.peer(3);
    await all[0]?.upstream.peer(0);
    expect(all.map(({ upstream }) => upstream.peers.length)).toEqual([1, 4]);
  });

  it('takes the least active, equals in turn', async () => {
    const gateway = await startGateway();
    const all = [await scripted(silent), await scripted(silent), await scripted(silent)];
    for (const { port } of all) gateway.addUpstream(port);
    await queue(gateway, 6);
    for (const { upstream } of all) await upstream.peer(1);
    expect(all.map(({ upstream }) => upstream.peers.length)).toEqual([2, 2, 2]);
    all[1]?.upstream.peers[0]?.send(ok);
    all[1]?.upstream.peers[1]?.send(ok);
    await poll(() => gateway.clients.filter(({ bytesWritten }) => bytesWritten > 0).length === 2);
    await queue(gateway, 2);
    const second = all[1]?.upstream;
    await Promise.all([
      second?.peers[0]?.until(({ requests }) => requests === 2),
      second?.peers[1]?.until(({ requests }) => requests === 2),
    ]);
  });

  it('alternates between the processes of an application when they are idle', async () => {
    const gateway = await startGateway();
    const all = [await scripted(answering), await scripted(answering)];
    for (const { port } of all) gateway.addUpstream(port);
    const client = openClient(gateway);
    for (let count = 1; count <= 4; count++) await client.send(get()).responses(count);
    expect(all.map(({ upstream }) => upstream.peers[0]?.requests)).toEqual([2, 2]);
  });

  it('reports a busy garden once, after 50 ms, and not a pool that asked for nothing', async () => {
    for (const demandWhenBusy of [true, false]) {
      const gateway = await startGateway({ pool: { demandWhenBusy } });
      const { upstream, port } = await scripted(silent);
      gateway.addUpstream(port);
      await queue(gateway, 3);
      await upstream.peer(2);
      expect(gateway.messagesOf('demand')).toHaveLength(0);
      gateway.pass(300);
      const busy = { version: 1, type: 'demand', application: 'site/', reason: 'busy' };
      expect(gateway.messagesOf('demand')).toEqual(demandWhenBusy ? [busy] : []);
    }
  });

  it('does not report a garden that found a free process within 50 ms', async () => {
    const gateway = await startGateway({ pool: { demandWhenBusy: true } });
    const { upstream, port } = await scripted(silent);
    gateway.addUpstream(port);
    const clients = await queue(gateway, 2);
    await upstream.peer(1);
    for (const peer of upstream.peers) {
      await peer.until(({ requests }) => requests === 1);
      peer.send(ok);
    }
    for (const client of clients) await client.responses(1);
    gateway.pass(300);
    expect(gateway.messagesOf('demand')).toHaveLength(0);
  });

  it('tells at once when an upstream has served as many requests as its pool allows', async () => {
    const gateway = await startGateway({ pool: { requestsThreshold: 3 } });
    const { port } = await scripted(answering);
    const id = gateway.addUpstream(port);
    const client = openClient(gateway);
    for (let count = 1; count <= 3; count++) await client.send(get()).responses(count);
    expect(gateway.messagesOf('counters').at(-1)?.upstreams).toEqual([{ id, active: 0, served: 3, idleMs: 0 }]);
  });
});

describe('an upstream that cannot be reached', () => {
  it('H-148 is reported; its request takes another one, whatever the method', async () => {
    const gateway = await startGateway();
    const { upstream: gone, port: gonePort } = await scripted(answering);
    gone.close();
    const id = gateway.addUpstream(gonePort);
    const { upstream, port } = await scripted((peer) => peer.send(ok));
    gateway.addUpstream(port);
    const client = openClient(gateway).send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc');
    expect(await client.responses(1)).toEqual(['200']);
    expect(gateway.messagesOf('unreachable')).toEqual([
      { version: 1, type: 'unreachable', upstream: id, code: 'ECONNREFUSED' },
    ]);
    expect(upstream.received).toContain('abc');
  });

  it('H-148 loses nothing of a body that was on its way', async () => {
    const gateway = await startGateway();
    const { upstream: gone, port: gonePort } = await scripted(answering);
    gone.close();
    gateway.addUpstream(gonePort);
    const body = '0123456789'.repeat(50_000);
    const { upstream, port } = await scripted((peer) => {
      if (peer.received.endsWith(body)) peer.send(ok);
    });
    gateway.addUpstream(port);
    const client = openClient(gateway).send(
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(await client.responses(1)).toEqual(['200']);
    expect(upstream.peers).toHaveLength(1);
  });

  it('is left alone for a second, while its requests wait for the supervisor to act', async () => {
    const gateway = await startGateway();
    const { upstream: gone, port } = await scripted(answering);
    gone.close();
    const id = gateway.addUpstream(port);
    const client = openClient(gateway).send(get());
    await gateway.until(() => gateway.messagesOf('unreachable').length === 1);
    gateway.change({ remove: [id] });
    expect(gateway.messagesOf('demand')).toHaveLength(1);
    gateway.addUpstream((await scripted(answering)).port);
    expect(await client.responses(1)).toEqual(['200']);
  });

  it('a pool that stopped meanwhile refuses what comes back to its queue', async () => {
    const gateway = await startGateway();
    const { upstream: gone, port } = await scripted(answering);
    gone.close();
    gateway.addUpstream(port);
    const client = openClient(gateway).send(get());
    await poll(() => gateway.active(1) === 1);
    gateway.change({ poolStates: [{ name: 'pool', state: 'stopped', reason: 'AppOffline' }] });
    expect(await client.all()).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('gives 502.3 when it stays so', async () => {
    const gateway = await startGateway();
    const { upstream: gone, port } = await scripted(answering);
    gone.close();
    gateway.addUpstream(port);
    const client = openClient(gateway).send(get('/', 'Connection: close'));
    await gateway.until(() => gateway.messagesOf('unreachable').length === 1);
    gateway.pass(1_300);
    expect(await client.all()).toContain('502.3');
  });
});

describe('a worker that closes a connection', () => {
  it.each([
    ['with a request in hand', (peer: UpstreamPeer) => peer.socket.destroy()],
    ['that was idle', (peer: UpstreamPeer) => (peer.send(ok), peer.socket.end())],
  ])('%s gets nothing more until the supervisor has looked', async (_, onRequest) => {
    const gateway = await startGateway();
    const { port } = await scripted(onRequest);
    const id = gateway.addUpstream(port, { kind: 'worker' });
    const first = openClient(gateway).send(get());
    await gateway.until(() => gateway.messagesOf('unreachable').length === 1);
    await first.responses(1);
    const [second] = (await queue(gateway, 1)) as [RawClient];
    gateway.change({ remove: [id] });
    gateway.addUpstream((await scripted(answering)).port, { kind: 'worker' });
    expect(await second.responses(1)).toEqual(['200']);
  });

  it('is used again as soon as the supervisor says that it lives', async () => {
    const gateway = await startGateway();
    let requests = 0;
    const { port } = await scripted((peer) => ((requests += 1) === 1 ? peer.socket.destroy() : answering(peer)));
    const facts = gateway.upstream(port, { kind: 'worker' });
    gateway.change({ add: [facts] });
    expect(await openClient(gateway).send(get()).responses(1)).toEqual(['502']);
    const [second] = (await queue(gateway, 1)) as [RawClient];
    gateway.change({ add: [facts] });
    expect(await second.responses(1)).toEqual(['200']);
  });
});

describe('retiring', () => {
  it('answers drained at once when nothing is in flight, and closes idle connections', async () => {
    const gateway = await startGateway();
    const { upstream, port } = await scripted(answering);
    const id = gateway.addUpstream(port);
    await openClient(gateway).send(get()).responses(1);
    gateway.change({ retire: [id] });
    expect(gateway.messagesOf('drained')).toEqual([{ version: 1, type: 'drained', upstream: id }]);
    await (await upstream.peer()).until(({ closed }) => closed);
  });

  it('answers drained after the last request; new ones go elsewhere meanwhile', async () => {
    const gateway = await startGateway();
    const old = await scripted(silent);
    const id = gateway.addUpstream(old.port);
    const [slow] = await queue(gateway, 1);
    const peer = await old.upstream.peer();
    await peer.until(({ requests }) => requests === 1);
    const next = await scripted(answering);
    gateway.change({ add: [gateway.upstream(next.port)], retire: [id] });
    expect(await openClient(gateway).send(get()).responses(1)).toEqual(['200']);
    expect(gateway.messagesOf('drained')).toHaveLength(0);
    peer.send(ok);
    expect(await slow?.responses(1)).toEqual(['200']);
    expect(gateway.messagesOf('drained')).toHaveLength(1);
    expect(gateway.messagesOf('counters').at(-1)?.upstreams).toContainEqual(expect.objectContaining({ id, served: 1 }));
    expect(await slow?.send(get()).responses(2)).toEqual(['200', '200']);
  });

  it('answers busy when it must be idle and is not, and goes on', async () => {
    const gateway = await startGateway();
    const { upstream, port } = await scripted(silent);
    const id = gateway.addUpstream(port);
    await queue(gateway, 1);
    gateway.change({ retire: [id], onlyIfIdle: true });
    expect(gateway.messagesOf('busy')).toEqual([{ version: 1, type: 'busy', upstream: id }]);
    await queue(gateway, 1);
    await upstream.peer(1);
  });

  it('dispatches to an upstream again that is added again', async () => {
    const gateway = await startGateway();
    const { port } = await scripted(answering);
    const facts = gateway.upstream(port);
    gateway.change({ add: [facts] });
    gateway.change({ retire: [facts.id], onlyIfIdle: true });
    expect(gateway.messagesOf('drained')).toHaveLength(1);
    const [client] = await queue(gateway, 1);
    expect(client?.received).toBe('');
    gateway.change({ add: [facts] });
    expect(await client?.responses(1)).toEqual(['200']);
  });

  it('loses no request of a swap under load', async () => {
    const gateway = await startGateway();
    const delayed = (peer: UpstreamPeer): void => void setImmediate(() => answering(peer));
    let id = gateway.addUpstream((await scripted(delayed)).port);
    const clients = Array.from({ length: 20 }, () => openClient(gateway));
    let swaps = 0;
    const loads = clients.map(async (client) => {
      for (let count = 1; count <= 50; count++) expect(await client.send(get()).responses(count)).toHaveLength(count);
      return client.statuses;
    });
    const swapping = (async () => {
      for (; swaps < 20; swaps++) {
        const { port } = await scripted(delayed);
        const next = gateway.upstream(port);
        gateway.change({ add: [next], retire: [id] });
        await gateway.until(() => gateway.messagesOf('drained').some(({ upstream }) => upstream === id));
        gateway.change({ remove: [id] });
        id = next.id;
      }
    })();
    const statuses = await Promise.all(loads);
    await swapping;
    expect(new Set(statuses.flat())).toEqual(new Set(['200']));
  });
});

describe('a process that is gone', () => {
  it('P-36 fails what it had in hand with 502 or a reset; those who wait go to the next one', async () => {
    const gateway = await startGateway();
    const { upstream, port } = await scripted(silent);
    const id = gateway.addUpstream(port);
    const [before, within] = await queue(gateway, 2);
    await upstream.peer(1);
    for (const peer of upstream.peers) await peer.until(({ requests }) => requests === 1);
    upstream.peers[1]?.send('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc');
    await within?.until(({ received }) => received.endsWith('abc'));
    gateway.change({ remove: [id] });
    for (const { socket } of upstream.peers) socket.resetAndDestroy();
    expect(await before?.responses(1)).toEqual(['502']);
    await within?.until(({ closed }) => closed);
    const [waiting] = await queue(gateway, 1);
    gateway.addUpstream((await scripted(answering)).port);
    expect(await waiting?.responses(1)).toEqual(['200']);
  });

  it('what it wrote before still arrives; sockets that outlive it are closed after a second', async () => {
    const gateway = await startGateway();
    const { upstream, port } = await scripted(silent);
    const id = gateway.addUpstream(port);
    const [served, stuck] = await queue(gateway, 2);
    await upstream.peer(1);
    for (const peer of upstream.peers) await peer.until(({ requests }) => requests === 1);
    gateway.change({ remove: [id] });
    upstream.peers[0]?.send(ok);
    expect(await served?.responses(1)).toEqual(['200']);
    gateway.pass(1_300);
    expect(await stuck?.responses(1)).toEqual(['502']);
  });
});

describe('orders', () => {
  it('send one request with the token, and report its status', async () => {
    const gateway = await startGateway();
    const { upstream, port } = await scripted((peer) =>
      peer.send('HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
    );
    gateway.gateway.receive({
      version: 1,
      type: 'order',
      id: 9,
      upstream: gateway.upstream(port),
      method: 'POST',
      target: '/app/iisintegration',
      headers: [
        ['Host', '127.0.0.1:1'],
        ['MS-ASPNETCORE-EVENT', 'shutdown'],
        ['MS-ASPNETCORE-TOKEN', 'other'],
      ],
      client: { scheme: 'http', version: '1.1', address: '127.0.0.1', port: 0 },
      limitMs: 5_000,
    });
    await gateway.until(() => gateway.messagesOf('orderDone').length === 1);
    expect(gateway.messagesOf('orderDone')).toEqual([{ version: 1, type: 'orderDone', id: 9, status: 202 }]);
    expect(upstream.received).toBe(
      'POST /app/iisintegration HTTP/1.1\r\nMS-ASPNETCORE-TOKEN: secret-token\r\nX-Forwarded-For: 127.0.0.1\r\n' +
        'X-Forwarded-Proto: http\r\nHost: 127.0.0.1:1\r\nMS-ASPNETCORE-EVENT: shutdown\r\nContent-Length: 0\r\n\r\n',
    );
    await (await upstream.peer()).until(({ closed }) => closed);
  });

  it('report what went wrong', async () => {
    const gateway = await startGateway();
    const { upstream: gone, port: gonePort } = await scripted(silent);
    gone.close();
    const { port } = await scripted(silent);
    const order = { version: 1, type: 'order', method: 'GET', target: '/', headers: [], limitMs: 2_000 } as const;
    const client = { scheme: 'http', version: '1.1', address: '127.0.0.1', port: 0 } as const;
    gateway.gateway.receive({ ...order, client, id: 1, upstream: gateway.upstream(gonePort) });
    await gateway.until(() => gateway.messagesOf('orderDone').length === 1);
    gateway.gateway.receive({ ...order, client, id: 2, upstream: gateway.upstream(port) });
    gateway.pass(2_300);
    expect(gateway.messagesOf('orderDone')).toEqual([
      { version: 1, type: 'orderDone', id: 1, status: 0, error: 'connect failed ECONNREFUSED' },
      { version: 1, type: 'orderDone', id: 2, status: 0, error: 'no answer in time' },
    ]);
  });
});
