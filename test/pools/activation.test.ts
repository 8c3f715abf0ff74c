import { describe, expect, it } from 'vitest';

import { echoOf, until } from '../harness/index.ts';
import { models, hostOf, processesOf } from './pool-host.ts';

describe.each(models)('activation, %s', (model) => {
  it('P-13 OnDemand starts nothing without a request', async () => {
    const host = await hostOf('common/echo.mjs', model);
    expect(processesOf(host)).toEqual([]);
    expect(await host.pool()).toMatchObject({ state: 'started', health: 'idle', workers: [] });
  });

  it('P-14 the first request starts exactly one process', async () => {
    const host = await hostOf('common/echo.mjs', model);
    const { pid } = echoOf(await host.get('/'));
    expect(processesOf(host)).toEqual([pid]);
    expect((await host.running()).map((worker) => worker.pid)).toEqual([pid]);
  });

  it('P-15 100 concurrent first requests cause one start', async () => {
    const host = await hostOf('common/echo.mjs', model);
    const responses = await Promise.all(Array.from({ length: 100 }, () => host.get('/')));
    expect(new Set(responses.map((response) => echoOf(response).pid)).size).toBe(1);
    expect(host.events.named('worker.started')).toHaveLength(1);
  });

  it('P-16 AlwaysRunning has a process without a request', async () => {
    // Out-of-process the slot has no process of its own; its application starts with it when it is preloaded.
    const host = await hostOf(
      'common/echo.mjs',
      model,
      { attributes: { startMode: 'AlwaysRunning' } },
      { preloadEnabled: true },
    );
    const [worker] = await until('a process to run', async () => {
      const running = await host.running();
      return running.length > 0 && running;
    });
    expect(echoOf(await host.get('/')).pid).toBe(worker?.pid);
  });

  it('P-11 autoStart=false: stopped, 503, until started', async () => {
    const host = await hostOf('common/echo.mjs', model, { attributes: { autoStart: false } });
    expect((await host.pool()).state).toBe('stopped');
    expect((await host.get('/')).status).toBe(503);
    await host.startPool();
    expect((await host.get('/')).status).toBe(200);
  });
});
