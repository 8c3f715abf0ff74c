import { describe, expect, it } from 'vitest';
import { appApplication, poolSettings, workerApplication } from './testing/pool-settings.ts';
import { SimulatedPool } from './testing/simulated-pool.ts';

describe.each([workerApplication, appApplication])('a stream that never ends ($kind)', (application) => {
  const recycled = (shutdownTimeLimitMs: number): SimulatedPool => {
    const pool = new SimulatedPool(poolSettings({ processModel: { shutdownTimeLimitMs } }), [application]);
    pool.running();
    pool.take({ type: 'counters', process: 1, active: 1, served: 0, lastActiveAt: pool.now });
    return pool.take({ type: 'recycle', reason: 'ondemand' }).bringUp(2);
  };

  it('P-48 its process is asked to end before shutdownTimeLimit, and killed at it', () => {
    const pool = recycled(90_000).pass(80_500);
    expect(pool.of('end')).toEqual([]);
    pool.pass(1_000);
    expect(pool.of('end')).toEqual([{ type: 'end', process: 1, limitMs: 9_000, answersMs: 4_500 }]);
    expect(pool.of('announce').some(({ announcement }) => announcement.remove.includes(1))).toBe(false);
    pool.pass(8_000);
    expect(pool.of('kill')).toEqual([]);
    pool.pass(1_000);
    expect(pool.of('kill')).toEqual([{ type: 'kill', process: 1 }]);
    expect(pool.reports().filter((name) => name === 'worker.shutdown.timeout')).toHaveLength(1);
  });

  it('P-48 a short limit keeps up to half of it for the end', () => {
    const pool = recycled(1_000).pass(500);
    expect(pool.of('end')).toEqual([{ type: 'end', process: 1, limitMs: 500, answersMs: 250 }]);
    pool.pass(500);
    expect(pool.of('kill')).toEqual([{ type: 'kill', process: 1 }]);
  });

  it('P-47 a request that ends in time costs nobody anything', () => {
    const pool = recycled(90_000).pass(60_000).take({ type: 'drained', process: 1 });
    expect(pool.of('end')).toEqual([{ type: 'end', process: 1, limitMs: 10_000 }]);
    pool.exit(1, { code: 0 });
    expect(pool.reports()).not.toContain('worker.shutdown.timeout');
  });
});

it('a process that drained at the last moment has what is left of the pool’s limit', () => {
  const pool = new SimulatedPool(poolSettings(), [{ ...appApplication, shutdownLimitMs: 60_000 }]);
  pool.running();
  pool.take({ type: 'stop', reason: 'Disabled' }).pass(70_000).take({ type: 'drained', process: 1 });
  expect(pool.of('end')).toEqual([{ type: 'end', process: 1, limitMs: 20_000 }]);
});

it('with shutdownTimeLimit="0" of the application nothing is asked', () => {
  const pool = new SimulatedPool(poolSettings({ processModel: { shutdownTimeLimitMs: 5_000 } }), [
    { ...appApplication, shutdownLimitMs: 0 },
  ]);
  pool.running();
  pool.take({ type: 'stop', reason: 'Disabled' }).pass(5_000);
  expect(pool.of('kill')).toEqual([{ type: 'kill', process: 1 }]);
});

it('M-106 app_offline.htm gives requests in flight the time of the application, not of the pool', () => {
  const pool = new SimulatedPool(poolSettings(), [appApplication]);
  pool.running();
  pool.offline('shop/api', '/srv/shop/app_offline.htm').pass(9_000);
  expect(pool.of('end')).toEqual([{ type: 'end', process: 1, limitMs: 1_000, answersMs: 500 }]);
  pool.pass(1_000);
  expect(pool.of('kill')).toEqual([{ type: 'kill', process: 1 }]);
});

describe('a process in a debugger', () => {
  const attached = { type: 'debugger', process: 1, attached: true } as const;
  const hour = 3_600_000;

  it('may take as long as it likes to start', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]).demand();
    pool.take({ type: 'launched', process: 1, pid: 1 }).take(attached).pass(hour);
    expect(pool.process(1)?.phase).toBe('starting');
    expect(pool.take({ ...attached, attached: false }).of('kill')).toHaveLength(1);
  });

  it('need not answer pings, and is told to the gateways, whose limit is off as well', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]);
    pool.answersPings = false;
    pool.running();
    pool.take(attached).pass(hour);
    expect(pool.of('kill')).toEqual([]);
    expect(pool.of('announce').at(-1)?.announcement.add).toEqual([1]);
    expect(pool.reports()).toContain('worker.debugged');
  });

  it('is waited for when it ends, until the debugger lets go', () => {
    const pool = new SimulatedPool(poolSettings(), [appApplication]);
    pool.running();
    pool.take(attached).take({ type: 'stop', reason: 'Disabled' }).take({ type: 'drained', process: 1 }).pass(hour);
    expect(pool.process(1)?.phase).toBe('stopping');
    pool.take({ ...attached, attached: false });
    expect(pool.of('kill')).toEqual([{ type: 'kill', process: 1 }]);
  });
});
