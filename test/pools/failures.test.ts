import { writeFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { fixtureApp, scratchFile, until, useHost, type TestHost } from '../harness/index.ts';
import { brokenRequest, models, hostOf, processesOf, hold } from './pool-host.ts';

describe.each(models)('failures, %s', (model) => {
  const crashes = {
    expects: [
      brokenRequest,
      'worker.exit.unexpected',
      'pool.disabled.rapid_fail',
      'app.exception',
      'app.start.attempt_failed',
      'app.start.failed',
      'app.in_process.start_failed',
    ],
  };

  it('P-36 killed with requests in hand: those get 502, waiting ones the next process', async () => {
    const host = await hostOf('common/held.mjs', model, {}, crashes);
    const clients = await Promise.all(Array.from({ length: 3 }, () => hold(host, '/held')));
    await until('all to execute', async () => (await host.get('/')).json().held === 3);
    const [pid] = processesOf(host);
    process.kill(pid as number, 'SIGKILL');
    for (const client of clients) expect((await client.response()).status).toBe(502);
    const next = await host.get('/');
    expect(next.status).toBe(200);
    expect(next.json().pid).not.toBe(pid);
    for (const client of clients) client.close();
  });

  it('P-37 died in the middle of a body: the client is cut off', async () => {
    const host = await hostOf('common/held.mjs', model, {}, crashes);
    const client = await hold(host, '/held?head');
    await client.receives('\r\n\r\n');
    process.kill(processesOf(host)[0] as number, 'SIGKILL');
    await expect(client.response()).rejects.toMatchObject({ kind: expect.stringMatching(/reset|truncated/) });
  });
});

describe('rapid-fail protection', () => {
  const expects = [
    brokenRequest,
    'worker.exit.unexpected',
    'pool.disabled.rapid_fail',
    'app.exception',
    'app.start.attempt_failed',
    'app.in_process.start_failed',
  ];

  async function crash(host: TestHost, times: number, path = '/exit'): Promise<void> {
    for (let count = 1; count <= times; count += 1) {
      expect((await host.get(path)).status).toBe(502);
      await host.events.waitFor('worker.exit.unexpected', {}, count);
    }
  }

  it('P-29 exit with code 0 counts as unexpected', async () => {
    const host = await hostOf('common/dies.mjs', 'inprocess', {}, { expects });
    await crash(host, 1, '/exit?code=0');
    expect((await host.events.waitFor('worker.exit.unexpected', { winId: 5009 })).fields['code']).toBe(0);
  });

  it('P-30 P-32 five crashes stop the pool: 5002, 503; a start clears the count', async () => {
    const host = await hostOf('common/dies.mjs', 'inprocess', {}, { expects });
    await crash(host, 5);
    await host.events.waitFor('pool.disabled.rapid_fail', { winId: 5002, pool: 'test' });
    expect((await host.pool()).state).toBe('stopped');
    expect((await host.get('/')).status).toBe(503);
    await host.startPool();
    expect((await host.get('/')).status).toBe(200);
    expect((await host.get('/exit')).status).toBe(502);
    expect((await host.pool()).state).toBe('started');
  });

  it('P-33 rapidFailProtection=false goes on', async () => {
    const host = await hostOf('common/dies.mjs', 'inprocess', { failure: { rapidFailProtection: false } }, { expects });
    await crash(host, 6);
    expect((await host.pool()).state).toBe('started');
  });

  it('AlwaysRunning with a program that cannot start is stopped by it', async () => {
    const host = await hostOf(
      'out-of-process/exits-at-once.mjs',
      'inprocess',
      { attributes: { startMode: 'AlwaysRunning' }, failure: { rapidFailProtectionMaxCrashes: 3 } },
      { expects },
    );
    await host.events.waitFor('pool.disabled.rapid_fail');
    expect((await host.pool()).state).toBe('stopped');
  });

  it('P-35 the crashes of one garden process stop the others too', async () => {
    const host = await useHost({
      pools: [
        {
          name: 'test',
          attributes: { startMode: 'AlwaysRunning' },
          processModel: { maxProcesses: 2 },
          failure: { rapidFailProtectionMaxCrashes: 2 },
        },
      ],
      sites: [{ applications: { '/': fixtureApp('common/dies.mjs', { hostingModel: 'inprocess' }) } }],
      expects,
    });
    await until('two processes', async () => (await host.running()).length === 2);
    for (const count of [1, 2]) {
      await host.get('/exit');
      await host.events.waitFor('worker.exit.unexpected', {}, count);
    }
    await host.events.waitFor('pool.disabled.rapid_fail');
    await until('no process', () => host.pids().worker.length === 0);
    expect((await host.get('/')).status).toBe(503);
  });

  it('P-28 no handshake within startupTimeLimit: killed, 5012', async () => {
    const host = await hostOf(
      'common/echo.mjs',
      'inprocess',
      { processModel: { startupTimeLimit: '00:00:01' } },
      // A program that speaks no word on the control channel: a shell that sleeps in the place of Node.js.
      { expects: [...expects, 'worker.startup.timeout'], attributes: { processPath: silentNode() } },
    );
    expect((await host.get('/')).status).toBeGreaterThanOrEqual(500);
    await host.events.waitFor('worker.startup.timeout', { winId: 5012 });
  });

  it('P-40 a blocked event loop is found by ping, killed and replaced on demand', async () => {
    const host = await hostOf(
      'common/blocks-its-loop.mjs',
      'inprocess',
      { processModel: { pingInterval: '00:00:01', pingResponseTime: '00:00:01' } },
      { expects: [...expects, 'worker.ping.timeout'] },
    );
    const before = (await host.get('/')).text();
    const blocked = await hold(host, '/block');
    await host.events.waitFor('worker.ping.timeout', { winId: 5010 });
    expect((await blocked.response()).status).toBe(502);
    expect((await host.get('/')).text()).not.toBe(before);
    blocked.close();
  });

  it('P-41 pingingEnabled=false leaves it', async () => {
    const host = await hostOf('common/blocks-its-loop.mjs', 'inprocess', {
      processModel: { pingingEnabled: false, pingInterval: '00:00:01', pingResponseTime: '00:00:01' },
    });
    const before = (await host.get('/')).text();
    expect((await host.get('/block?ms=4000')).text()).toBe(before);
  });

  it('P-42 an application that answers 500 is healthy', async () => {
    const host = await hostOf('common/slow.mjs', 'inprocess', {
      processModel: { pingInterval: '00:00:01', pingResponseTime: '00:00:01' },
    });
    await host.get('/?head=3000');
    expect(host.events.named('worker.started')).toHaveLength(1);
  });

  it('orphanWorkerProcess is said to have no effect', async () => {
    const host = await hostOf(
      'common/echo.mjs',
      'inprocess',
      { failure: { orphanWorkerProcess: true } },
      { expects: ['config.warning'] },
    );
    const [warning] = host.events.named('config.warning');
    expect(warning?.message).toMatch(/orphanWorkerProcess.*no effect/);
  });
});

/** A program in the place of Node.js that never says a word on the control channel. */
function silentNode(): string {
  const path = scratchFile('node');
  writeFileSync(path, '#!/bin/sh\nexec /bin/sleep 600\n', { mode: 0o755 });
  return path;
}
