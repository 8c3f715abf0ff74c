import { writeFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { Connection, formatRequest, scratchFile, until, type TestHost } from '../harness/index.ts';
import { hostOf, hold } from './pool-host.ts';

describe('the queue', () => {
  const never = 'out-of-process/never-listens.mjs';
  const startFails = ['app.start.attempt_failed', 'app.start.failed', 'queue.full'];

  /** Waits until the gateway holds so many requests in the pool's queue. */
  const waiting = (host: TestHost, count: number) =>
    until(`${count} requests to wait`, async () => (await host.pool()).queue.waiting === count);

  it('P-17 the 11th of 10 gets 503 QueueFull at once', async () => {
    const host = await hostOf(never, 'outofprocess', { attributes: { queueLength: 10 } }, { expects: startFails });
    const clients = await Promise.all(Array.from({ length: 10 }, () => hold(host, '/')));
    await waiting(host, 10);
    const refused = await host.get('/');
    expect(refused.status).toBe(503);
    expect(refused.header('Connection')).toBe('close');
    await host.events.waitFor('queue.full', { pool: 'test' });
    expect(clients.map((client) => client.ended)).toEqual(Array.from({ length: 10 }, () => 'open'));
  });

  it('P-17 two gateways together let 10 wait, whichever the clients come to', async () => {
    const host = await hostOf(
      never,
      'outofprocess',
      { attributes: { queueLength: 10 } },
      { gateways: 2, expects: [...startFails, 'gateway.events_suppressed'] },
    );
    const clients = await Promise.all(Array.from({ length: 60 }, () => hold(host, '/')));
    const refused = () => clients.filter((client) => client.unread.includes('503')).length;
    await until('50 to be refused', () => refused() === 50);
    await waiting(host, 10);
    expect(refused()).toBe(50);
  });

  it('P-18 TcpLevel resets instead', async () => {
    const host = await hostOf(
      never,
      'outofprocess',
      { attributes: { queueLength: 10 }, failure: { loadBalancerCapabilities: 'TcpLevel' } },
      { expects: startFails },
    );
    const clients = await Promise.all(Array.from({ length: 10 }, () => hold(host, '/')));
    await waiting(host, 10);
    const refused = await hold(host, '/');
    expect(await refused.closed()).toBe('reset');
    expect(refused.unread.length).toBe(0);
    for (const client of clients) client.close();
  });

  it('P-19 a client that leaves frees its place, and its request reaches nobody', async () => {
    const file = scratchFile('listen');
    const host = await hostOf(
      'out-of-process/listens-late.mjs',
      'outofprocess',
      { attributes: { queueLength: 10 } },
      { applicationEnvironment: { LISTEN_FILE: file }, expects: ['queue.full'] },
    );
    const clients = await Promise.all(Array.from({ length: 10 }, () => hold(host, '/')));
    await waiting(host, 10);
    clients[0]?.reset();
    await waiting(host, 9);
    clients[0] = await hold(host, '/');
    await waiting(host, 10);
    writeFileSync(file, '');
    for (const client of clients) expect((await client.response()).status).toBe(200);
    expect((await host.running())[0]?.served).toBeLessThanOrEqual(10);
    for (const client of clients) client.close();
  });

  it('P-21 executing requests do not fill it', async () => {
    const host = await hostOf('common/held.mjs', 'outofprocess', { attributes: { queueLength: 10 } });
    await host.get('/');
    const clients = await Promise.all(Array.from({ length: 100 }, () => hold(host, '/held')));
    await until('all to execute', async () => (await host.get('/')).json().held === 100);
    await host.get('/release');
    for (const client of clients) expect((await client.response()).status).toBe(200);
    for (const client of clients) client.close();
  });

  it.each([
    ['P-3', '5', 1_000, ['config.range']],
    ['P-4', '65535', 65_535, []],
    ['P-4', '65536', 1_000, ['config.range']],
  ])('%s queueLength=%s acts as %i', async (_, queueLength, effective, expects) => {
    const host = await hostOf('common/echo.mjs', 'outofprocess', { attributes: { queueLength } }, { expects });
    expect((await host.pool()).queue.limit).toBe(effective);
    expect(host.events.named('config.range', { winId: 5041 })).toHaveLength(expects.length);
  });

  it('P-26 leaves a queued body in the socket', async () => {
    const host = await hostOf(never, 'outofprocess', {}, { expects: startFails });
    const target = host.target('/');
    const client = await Connection.open(target);
    const length = 28;
    const piece = Buffer.alloc(1024 * 1024);
    client.write(
      formatRequest(target, { method: 'POST', headers: [['Content-Length', String(length * piece.length)]] }),
    );
    await waiting(host, 1);
    let taken = 0;
    // The kernel's buffers on both sides take some MiB; a gateway that reads on would take everything.
    while (taken < length) {
      client.write(piece);
      const flushed = await until('the kernel to take it', () => client.flushed, { withinMs: 500 }).catch(() => false);
      if (flushed === false) break;
      taken += 1;
    }
    expect(client.ended).toBe('open');
    expect(taken).toBeLessThan(length - 4);
    client.reset();
  });

  it('P-27 H-151 sends 100 Continue only once a process has the request', async () => {
    const file = scratchFile('listen');
    const host = await hostOf(
      'out-of-process/listens-late.mjs',
      'outofprocess',
      {},
      { applicationEnvironment: { LISTEN_FILE: file } },
    );
    const target = host.target('/');
    const client = await Connection.open(target);
    client.write(
      formatRequest(target, {
        method: 'POST',
        headers: [
          ['Expect', '100-continue'],
          ['Content-Length', '3'],
        ],
      }),
    );
    await waiting(host, 1);
    expect(client.unread.toString()).toBe('');
    writeFileSync(file, '');
    await client.receives('100 Continue');
    client.write('abc');
    expect((await client.response('POST')).status).toBe(200);
    client.close();
  });
});
