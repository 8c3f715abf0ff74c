import { writeFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { Connection, echoOf, formatRequest, isAlive, readStat, scratchFile, until } from '../harness/index.ts';
import { brokenRequest, models, hostOf, processesOf, hold } from './pool-host.ts';

describe.each(models)('recycling, %s', (model) => {
  it('P-47 a long request survives', async () => {
    const host = await hostOf('common/held.mjs', model);
    const client = await hold(host, '/held');
    await until('the request to execute', async () => (await host.get('/')).json().held === 1);
    const [old] = processesOf(host);
    await host.recycle(undefined, { wait: false });
    await until('the new process to serve', async () => (await host.get('/')).json().pid !== old);
    expect(client.ended).toBe('open');
    expect(isAlive(readStat(old as number)!)).toBe(true);
    client.close();
    await until('the old process to end', () => readStat(old as number) === undefined);
  });

  it('P-47 and is answered by the old process', async () => {
    const file = scratchFile('release');
    const host = await hostOf(
      'common/held-until-file.mjs',
      model,
      {},
      { applicationEnvironment: { RELEASE_FILE: file } },
    );
    const old = (await host.get('/')).text();
    const client = await hold(host, '/held');
    await until('the request to execute', async () => (await host.pool()).workers[0]?.active === 1);
    await host.recycle(undefined, { wait: false });
    await until('the new process to serve', async () => (await host.get('/')).text() !== old);
    writeFileSync(file, '');
    expect((await client.response()).text()).toBe(old);
    client.close();
  });

  it('P-48 a long request is cut at shutdownTimeLimit, with an event', async () => {
    const host = await hostOf(
      'common/held.mjs',
      model,
      { processModel: { shutdownTimeLimit: '00:00:01' } },
      {
        expects: [brokenRequest, 'worker.shutdown.timeout', 'app.shutdown.failed'],
        attributes: { shutdownTimeLimit: 1 },
      },
    );
    const client = await hold(host, '/held');
    await until('the request to execute', async () => (await host.get('/')).json().held === 1);
    await host.recycle();
    await host.events.waitFor('worker.shutdown.timeout', { winId: 5013 });
    const outcome = await client.response().then(
      (response) => response.status,
      () => 'cut',
    );
    expect([502, 'cut']).toContain(outcome);
    client.close();
  });

  it('P-49 disallowOverlappingRotation: never two processes, nothing refused', async () => {
    const host = await hostOf('common/held.mjs', model, { recycling: { disallowOverlappingRotation: true } });
    await host.get('/');
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, processesOf(host).length)), 5);
    const recycled = host.recycle();
    const answers = await Promise.all(Array.from({ length: 20 }, () => host.get('/')));
    await recycled;
    clearInterval(watch);
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(most).toBe(1);
  });

  it('P-50 a replacement that fails leaves the old process serving', async () => {
    const file = scratchFile('fail');
    const host = await hostOf(
      'common/starts-unless-file.mjs',
      model,
      {},
      {
        applicationEnvironment: { FAIL_FILE: file },
        expects: [
          'worker.recycle.overlap_failed',
          'pool.recycle.failed',
          'worker.exit.unexpected',
          'app.start.attempt_failed',
          'app.start.failed',
          'app.in_process.start_failed',
          'app.exception',
        ],
      },
    );
    const before = (await host.get('/')).text();
    writeFileSync(file, '');
    await host.recycle().catch(() => {});
    await host.events.waitFor('worker.recycle.overlap_failed', { winId: 5093 });
    expect((await host.get('/')).text()).toBe(before);
    expect((await host.pool()).state).toBe('started');
  });

  it('P-51 periodicRestart requests=30 recycles after 30', async () => {
    const host = await hostOf('common/echo.mjs', model, { periodicRestart: { requests: 30 } });
    const first = echoOf(await host.get('/')).pid;
    for (let count = 0; count < 30; count += 1) expect((await host.get('/')).status).toBe(200);
    await host.events.waitFor('worker.recycle', { reason: 'requests', winId: 5075 });
    await until('another process', async () => echoOf(await host.get('/')).pid !== first);
  });

  it('P-57 of a stopped pool is refused and starts nothing', async () => {
    const host = await hostOf('common/echo.mjs', model);
    await host.stopPool();
    await expect(host.recycle()).rejects.toThrow(/409|422|stopped/);
    expect(processesOf(host)).toEqual([]);
    expect((await host.pool()).state).toBe('stopped');
  });

  it('P-58 ten commands in a second cause one replacement', async () => {
    const host = await hostOf('common/echo.mjs', model);
    await host.get('/');
    await Promise.all(Array.from({ length: 10 }, () => host.recycle()));
    expect(host.events.named('worker.started')).toHaveLength(2);
  });

  it('P-63 a kept-alive client is served by the new process on its connection', async () => {
    const host = await hostOf('common/echo.mjs', model);
    const client = await Connection.open(host.target('/'));
    client.write(formatRequest(host.target('/')));
    const before = echoOf(await client.response()).pid;
    await host.recycle();
    client.write(formatRequest(host.target('/')));
    const response = await client.response();
    expect(echoOf(response).pid).not.toBe(before);
    expect(response.header('Connection') ?? '').not.toMatch(/close/i);
    client.close();
  });

  it('P-46 reports what happened: started, drained, stopped', async () => {
    const host = await hostOf('common/echo.mjs', model);
    const { pid } = echoOf(await host.get('/'));
    await host.recycle();
    await host.events.waitFor('worker.recycle', { reason: 'ondemand', winId: 5079, pid });
    await host.events.waitFor('worker.drained', { pid });
    await host.events.waitFor('worker.stopped', { pid });
    expect((await host.pool()).generation).toBeGreaterThan(1);
  });

  it('P-102 leaves no process of the old generation', async () => {
    const host = await hostOf('common/echo.mjs', model);
    const { pid } = echoOf(await host.get('/'));
    await host.recycle();
    expect(readStat(pid)).toBeUndefined();
  });
});

describe('memory', () => {
  it('P-52 privateMemory: a leak recycles the process', async () => {
    const host = await hostOf('common/leaks-memory.mjs', 'inprocess', {
      periodicRestart: { privateMemory: 200_000 },
    });
    const { pid } = (await host.get('/?kib=250000')).json<{ pid: number }>();
    await host.events.waitFor('worker.recycle', { reason: 'privatememory', pid, winId: 5117 }, 1, { withinMs: 40_000 });
    await until('another process', async () => (await host.get('/')).json().pid !== pid);
  });
});
