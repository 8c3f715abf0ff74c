import { describe, expect, it } from 'vitest';
import { appApplication, compatApplication, poolSettings, workerApplication } from './testing/pool-settings.ts';
import { SimulatedPool } from './testing/simulated-pool.ts';

const minute = 60_000;

describe('on-demand activation', () => {
  it('P-13 starts nothing without a request', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]).pass(minute);
    expect(pool.state.status).toBe('started');
    expect(pool.launched()).toEqual([]);
  });

  it('P-14 P-15 starts one process however often gateways ask', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]).demand().demand().demand();
    expect(pool.launched()).toHaveLength(1);
    pool.bringUp(1).demand();
    expect(pool.launched()).toHaveLength(1);
    expect(pool.of('announce').map(({ announcement }) => announcement.add)).toEqual([[1]]);
  });

  it('P-16 AlwaysRunning starts by itself, and again after a crash', () => {
    const pool = new SimulatedPool(poolSettings({ startMode: 'AlwaysRunning' }), [workerApplication]).pass(500);
    expect(pool.launched()).toHaveLength(1);
    pool.bringUp(1).exit(1).pass(500);
    expect(pool.launched()).toHaveLength(2);
  });

  it('P-11 a pool without autoStart refuses and starts nothing', () => {
    const pool = new SimulatedPool(poolSettings({ autoStart: false }), [workerApplication]).demand().pass(1000);
    expect(pool.state).toMatchObject({ status: 'stopped', reason: 'Disabled' });
    expect(pool.launched()).toEqual([]);
    expect(pool.take({ type: 'start' }).demand().launched()).toHaveLength(1);
  });

  it('tells the gateways that a start is under way, so that requests wait for it', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]).demand();
    expect(pool.of('applicationState').map(({ state }) => state.state)).toEqual(['available', 'starting'].slice(1));
    pool.bringUp(1);
    expect(pool.of('applicationState').at(-1)?.state.state).toBe('available');
  });
});

describe('web garden', () => {
  it('P-72 grows by a slot while the others are busy, up to maxProcesses', () => {
    const pool = new SimulatedPool(poolSettings({ processModel: { maxProcesses: 3 } }), [workerApplication]);
    pool.running();
    for (const id of [2, 3]) {
      pool
        .take({ type: 'demand', application: 'shop/', reason: 'busy' })
        .take({ type: 'demand', application: 'shop/', reason: 'busy' });
      expect(pool.launched()).toHaveLength(id);
      pool.bringUp(id);
    }
    pool.take({ type: 'demand', application: 'shop/', reason: 'busy' });
    expect(pool.launched().map(({ slot }) => slot)).toEqual([0, 1, 2]);
  });

  it('P-73 has one slot with maxProcesses=0 on a machine of one node', () => {
    const settings = poolSettings({ startMode: 'AlwaysRunning', processModel: { maxProcesses: 0 } });
    expect(new SimulatedPool(settings, [workerApplication]).pass(minute).launched()).toHaveLength(1);
  });

  it('recycles one slot at a time', () => {
    const pool = new SimulatedPool(poolSettings({ startMode: 'AlwaysRunning', processModel: { maxProcesses: 2 } }), [
      workerApplication,
    ]).pass(500);
    pool.bringUp(1).bringUp(2).take({ type: 'recycle', reason: 'ondemand' });
    expect(pool.launched().map(({ slot }) => slot)).toEqual([0, 1, 0]);
    pool.bringUp(3);
    expect(pool.launched().map(({ slot }) => slot)).toEqual([0, 1, 0, 1]);
  });
});

describe('recycling', () => {
  it('P-46 adds the new process and retires the old one in one step', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]);
    const old = pool.running();
    pool.take({ type: 'recycle', reason: 'ondemand' });
    expect(pool.process(old)?.phase).toBe('running');
    pool.bringUp(2);
    expect(pool.of('announce').at(-1)?.announcement).toEqual({
      add: [2],
      retire: [old],
      remove: [],
      onlyIfIdle: false,
    });
    expect(pool.of('end')).toEqual([]);
    pool.take({ type: 'drained', process: old });
    expect(pool.of('end')).toMatchObject([{ process: old }]);
    pool.exit(old, { code: 0 });
    expect(pool.state.processes.map(({ id }) => id)).toEqual([2]);
    expect(pool.state.crashes).toEqual([]);
  });

  it('P-48 cuts what is left at shutdownTimeLimit', () => {
    const pool = new SimulatedPool(poolSettings({ processModel: { shutdownTimeLimitMs: 5_000 } }), [workerApplication]);
    const old = pool.running();
    pool.take({ type: 'recycle', reason: 'ondemand' }).bringUp(2).pass(4_900);
    expect(pool.of('kill')).toEqual([]);
    pool.pass(200);
    expect(pool.of('kill')).toEqual([{ type: 'kill', process: old }]);
    expect(pool.reports()).toContain('worker.shutdown.timeout');
  });

  it('P-49 with disallowOverlappingRotation there are never two processes', () => {
    const pool = new SimulatedPool(poolSettings({ recycling: { disallowOverlappingRotation: true } }), [
      workerApplication,
    ]);
    const old = pool.running();
    pool.take({ type: 'recycle', reason: 'ondemand' });
    expect(pool.launched()).toHaveLength(1);
    expect(pool.of('applicationState').at(-1)?.state.state).toBe('starting');
    pool.take({ type: 'drained', process: old });
    expect(pool.launched()).toHaveLength(1);
    pool.exit(old, { code: 0 });
    expect(pool.launched()).toHaveLength(2);
  });

  it('P-50 the old process keeps serving while the replacement fails, and another is tried after a pause', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]);
    const old = pool.running();
    pool.take({ type: 'recycle', reason: 'ondemand' }).take({ type: 'launched', process: 2, pid: 2 }).exit(2);
    expect(pool.reports()).toContain('worker.recycle.overlap_failed');
    expect(pool.process(old)?.phase).toBe('running');
    expect(pool.of('applicationState').some(({ state }) => state.state === 'failed')).toBe(false);
    expect(pool.launched()).toHaveLength(2);
    pool.pass(1_000);
    expect(pool.launched()).toHaveLength(3);
  });

  it('P-58 ten orders before the replacement runs are one', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]);
    pool.running();
    for (let order = 0; order < 10; order += 1) pool.take({ type: 'recycle', reason: 'ondemand' });
    pool.bringUp(2).take({ type: 'drained', process: 1 }).exit(1, { code: 0 }).pass(1000);
    expect(pool.launched()).toHaveLength(2);
  });

  it('P-51 recycles a worker that has served its number of requests', () => {
    const periodicRestart = { memoryKiB: 0, privateMemoryKiB: 0, requests: 30, timeMs: 0, scheduleMinutes: [] };
    const pool = new SimulatedPool(poolSettings({ recycling: { periodicRestart } }), [workerApplication]);
    pool.running();
    pool.take({ type: 'counters', process: 1, active: 1, served: 29, lastActiveAt: pool.now }).pass(500);
    expect(pool.launched()).toHaveLength(1);
    pool.take({ type: 'counters', process: 1, active: 1, served: 30, lastActiveAt: pool.now }).pass(500);
    expect(pool.launched()).toHaveLength(2);
    expect(pool.effects).toContainEqual(
      expect.objectContaining({ name: 'worker.recycle', fields: expect.objectContaining({ reason: 'requests' }) }),
    );
  });

  it('P-54 recycles a worker by its age', () => {
    const periodicRestart = { memoryKiB: 0, privateMemoryKiB: 0, requests: 0, timeMs: 2 * minute, scheduleMinutes: [] };
    const pool = new SimulatedPool(poolSettings({ recycling: { periodicRestart } }), [workerApplication]);
    pool.running();
    expect(pool.pass(2 * minute - 1_000).launched()).toHaveLength(1);
    expect(pool.pass(2_000).launched()).toHaveLength(2);
  });

  it('P-74 of a web garden replaces only the slot that is due', () => {
    const periodicRestart = { memoryKiB: 0, privateMemoryKiB: 0, requests: 30, timeMs: 0, scheduleMinutes: [] };
    const settings = { startMode: 'AlwaysRunning', processModel: { maxProcesses: 3 }, recycling: { periodicRestart } };
    const pool = new SimulatedPool(poolSettings(settings as never), [workerApplication]).pass(500);
    pool.bringUp(1).bringUp(2).bringUp(3);
    pool.take({ type: 'counters', process: 2, active: 0, served: 30, lastActiveAt: pool.now }).pass(500);
    pool.bringUp(4).take({ type: 'drained', process: 2 }).exit(2, { code: 0 }).pass(minute);
    expect(pool.state.processes.map(({ id, slot }) => [id, slot])).toEqual([
      [1, 0],
      [3, 2],
      [4, 1],
    ]);
  });

  it('P-55 P-56 a clock that is set back does not repeat the schedule', () => {
    const noon = new Date(2026, 5, 1, 12, 0).getTime();
    const periodicRestart = {
      ...{ memoryKiB: 0, privateMemoryKiB: 0, requests: 0, timeMs: 0 },
      scheduleMinutes: [12 * 60],
    };
    const pool = new SimulatedPool(poolSettings({ recycling: { periodicRestart } }), [workerApplication]);
    pool.wallOffset = noon - 2 * minute - pool.now;
    pool.running();
    pool.pass(3 * minute).bringUp(2);
    expect(pool.launched()).toHaveLength(2);
    pool.wallOffset -= 3 * minute;
    expect(pool.pass(10 * minute).launched()).toHaveLength(2);
  });

  it('P-59 logEventOnRecycle decides which reasons are reported', () => {
    const periodicRestart = { memoryKiB: 0, privateMemoryKiB: 0, requests: 0, timeMs: 2 * minute, scheduleMinutes: [] };
    const pool = new SimulatedPool(poolSettings({ recycling: { periodicRestart, logEventOnRecycle: ['Memory'] } }), [
      workerApplication,
    ]);
    pool.running();
    pool.pass(3 * minute);
    expect(pool.launched().length).toBeGreaterThan(1);
    expect(pool.reports()).not.toContain('worker.recycle');
  });

  it('restarts one application and leaves the other alone', () => {
    const second = { ...appApplication, id: 'shop/two' };
    const pool = new SimulatedPool(poolSettings(), [appApplication, second]);
    pool.running('shop/api');
    pool.running('shop/two');
    pool.take({ type: 'restartApplication', application: 'shop/two', reason: 'web.config was touched' });
    expect(pool.launched().map(({ application }) => application)).toEqual(['shop/api', 'shop/two', 'shop/two']);
  });
});

describe('crashes', () => {
  it('P-29 P-30 five unexpected exits in five minutes stop the pool, code 0 included', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]);
    for (let crash = 1; crash <= 5; crash += 1) {
      expect(pool.state.status).toBe('started');
      pool.exit(pool.running(), { code: 0 });
    }
    expect(pool.state).toMatchObject({ status: 'stopped', reason: 'AppOffline' });
    expect(pool.reports()).toContain('pool.disabled.rapid_fail');
    expect(pool.of('poolState')).toEqual([
      { type: 'poolState', state: { name: 'shop', state: 'stopped', reason: 'AppOffline' } },
    ]);
    expect(pool.demand().launched()).toHaveLength(5);
  });

  it('P-31 four crashes, five quiet minutes, one crash: still started', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]);
    for (let crash = 1; crash <= 4; crash += 1) pool.exit(pool.running());
    pool.pass(5 * minute).exit(pool.running());
    expect(pool.state.status).toBe('started');
  });

  it('P-32 starting the pool clears the count', () => {
    const pool = new SimulatedPool(poolSettings({ failure: { rapidFailProtectionMaxCrashes: 1 } }), [
      workerApplication,
    ]);
    pool.exit(pool.running());
    expect(pool.state.status).toBe('stopped');
    pool.take({ type: 'start' }).demand();
    expect(pool.state.crashes).toEqual([]);
    expect(pool.launched()).toHaveLength(2);
  });

  it('P-33 without protection the pool stays up, with pauses of at most 30 s', () => {
    const pool = new SimulatedPool(
      poolSettings({ startMode: 'AlwaysRunning', failure: { rapidFailProtection: false } }),
      [workerApplication],
    ).pass(500);
    for (let crash = 1; crash <= 50; crash += 1) {
      const process = pool.launched().at(-1)?.id ?? 0;
      pool.bringUp(process).exit(process).pass(30_000);
      expect(pool.launched()).toHaveLength(crash + 1);
    }
    expect(pool.state.status).toBe('started');
  });

  it('P-35 the other workers of a web garden are stopped too', () => {
    const settings = poolSettings({
      startMode: 'AlwaysRunning',
      processModel: { maxProcesses: 2 },
      failure: { rapidFailProtectionMaxCrashes: 1 },
    });
    const pool = new SimulatedPool(settings, [workerApplication]).pass(500).bringUp(1).bringUp(2).exit(1);
    expect(pool.state.status).toBe('stopping');
    expect(pool.of('announce').at(-1)?.announcement.retire).toEqual([2]);
    pool.take({ type: 'drained', process: 2 }).exit(2, { code: 0 });
    expect(pool.state.status).toBe('stopped');
  });

  it('of several processes the one that ended comes back without a request', () => {
    const pool = new SimulatedPool(poolSettings(), [{ ...appApplication, processesPerApplication: 2 }]).demand();
    pool.bringUp(1).bringUp(2).exit(1);
    expect(pool.launched()).toHaveLength(3);
    pool.exit(3).exit(4).pass(500);
    expect(pool.launched()).toHaveLength(4);
    expect(pool.pass(minute).launched().length).toBeGreaterThan(4);
    expect(pool.of('applicationState').some(({ state }) => state.state === 'failed')).toBe(false);
  });

  it('a crash takes the address away at once', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]);
    pool.exit(pool.running());
    expect(pool.of('announce').at(-1)?.announcement.remove).toEqual([1]);
  });
});

describe('failed starts', () => {
  it('P-28 a worker that never says hello is killed at startupTimeLimit and counts', () => {
    const pool = new SimulatedPool(poolSettings({ processModel: { startupTimeLimitMs: 10_000 } }), [
      workerApplication,
    ]).demand();
    pool.take({ type: 'launched', process: 1, pid: 1 }).pass(10_000);
    expect(pool.of('kill')).toEqual([{ type: 'kill', process: 1 }]);
    expect(pool.state.crashes).toHaveLength(1);
    expect(pool.of('applicationState').at(-1)?.state).toMatchObject({
      state: 'failed',
      failure: { status: 500, subStatus: 37 },
    });
  });

  it('a worker that says hello has the limit of its module to listen', () => {
    const pool = new SimulatedPool(poolSettings({ processModel: { startupTimeLimitMs: 10_000 } }), [
      workerApplication,
    ]).demand();
    pool.take({ type: 'launched', process: 1, pid: 1 }).take({ type: 'hello', process: 1 }).pass(119_000);
    expect(pool.of('kill')).toEqual([]);
    pool.pass(1_000);
    expect(pool.of('kill')).toHaveLength(1);
  });

  it('M-41 an out-of-process application is tried twice, then its requests get 502.5 and the next one tries again', () => {
    const pool = new SimulatedPool(poolSettings(), [appApplication]).demand();
    pool.take({ type: 'launched', process: 1, pid: 1 }).exit(1);
    expect(pool.launched()).toHaveLength(2);
    pool.take({ type: 'launched', process: 2, pid: 2 }).exit(2);
    expect(pool.reports().filter((name) => name === 'app.start.attempt_failed')).toHaveLength(2);
    expect(pool.reports()).toContain('app.start.failed');
    const states = pool.of('applicationState').map(({ state }) => [state.state, state.failure?.subStatus]);
    expect(states.slice(-2)).toEqual([
      ['failed', 5],
      ['available', undefined],
    ]);
    expect(pool.state.crashes).toEqual([]);
    expect(pool.demand().launched()).toHaveLength(3);
  });

  it('M-23 what would fail again is not tried a second time', () => {
    const pool = new SimulatedPool(poolSettings(), [appApplication]).demand();
    pool.take({
      type: 'launchFailed',
      process: 1,
      problem: { stage: 'port', message: 'ASPNETCORE_PORT "abc"', critical: true },
    });
    expect(pool.launched()).toHaveLength(1);
    expect(pool.of('applicationState').map(({ state }) => state.failure?.subStatus)).toContain(5);
  });

  it('M-44 with disableStartUpErrorPage the answer is a bare 502.3', () => {
    const pool = new SimulatedPool(poolSettings(), [{ ...appApplication, startErrorPage: false }]).demand();
    pool.exit(1).exit(2);
    expect(pool.of('applicationState').find(({ state }) => state.failure)?.state.failure).toMatchObject({
      status: 502,
      subStatus: 3,
      page: false,
    });
  });

  it('M-94 a failed in-process start is 500.30 and stands for a growing pause', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication])
      .demand()
      .take({ type: 'launched', process: 1, pid: 1 })
      .exit(1);
    expect(pool.of('applicationState').at(-1)?.state).toMatchObject({
      state: 'failed',
      failure: { status: 500, subStatus: 30 },
    });
    expect(pool.demand().launched()).toHaveLength(1);
    pool.pass(1_000);
    expect(pool.of('applicationState').at(-1)?.state.state).toBe('available');
    expect(pool.demand().launched()).toHaveLength(2);
  });

  it('an app process under the in-process contract is not tried again until something changes', () => {
    const pool = new SimulatedPool(poolSettings(), [compatApplication])
      .demand()
      .take({ type: 'launched', process: 1, pid: 1 })
      .exit(1);
    pool.pass(10 * minute).demand();
    expect(pool.launched()).toHaveLength(1);
    pool.take({ type: 'restartApplication', application: 'shop/net', reason: 'web.config was touched' }).demand();
    expect(pool.launched()).toHaveLength(2);
  });
});

describe('rapidFailsPerMinute', () => {
  it('M-49 the third crash in a minute blocks with 2, until the window ends', () => {
    const pool = new SimulatedPool(poolSettings(), [{ ...appApplication, rapidFailsPerMinute: 2 }]);
    for (let crash = 1; crash <= 3; crash += 1) pool.exit(pool.running());
    pool.demand();
    expect(pool.launched()).toHaveLength(3);
    expect(pool.reports()).toContain('app.start.refused');
    expect(pool.of('applicationState').at(-1)?.state).toMatchObject({
      state: 'failed',
      failure: { status: 502, subStatus: 5 },
    });
    expect(pool.state.status).toBe('started');
    pool.pass(minute).demand();
    expect(pool.launched()).toHaveLength(4);
  });

  it('M-50 with 0 one crash blocks', () => {
    const pool = new SimulatedPool(poolSettings(), [{ ...appApplication, rapidFailsPerMinute: 0 }]);
    pool.exit(pool.running());
    expect(pool.demand().launched()).toHaveLength(1);
  });
});

describe('one in-process application per pool', () => {
  it('M-92 the second in-process application is 500.35', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication, { ...workerApplication, id: 'shop/b' }]);
    pool.running('shop/');
    pool.demand('shop/b');
    expect(pool.launched()).toHaveLength(1);
    expect(pool.reports()).toContain('app.second_in_process');
    expect(
      pool.of('applicationState').find(({ state }) => state.id === 'shop/b' && state.failure)?.state.failure?.subStatus,
    ).toBe(35);
  });

  it('M-93 mixed hosting models are 500.34 for the second comer', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication, appApplication]);
    pool.running('shop/');
    pool.demand('shop/api');
    expect(pool.reports()).toContain('app.mixed_hosting');
    expect(
      pool.of('applicationState').find(({ state }) => state.id === 'shop/api' && state.failure)?.state.failure
        ?.subStatus,
    ).toBe(34);
  });

  it('M-56 several out-of-process applications share a pool', () => {
    const pool = new SimulatedPool(poolSettings(), [appApplication, { ...appApplication, id: 'shop/b' }]);
    pool.running('shop/api');
    pool.running('shop/b');
    expect(pool.launched()).toHaveLength(2);
  });
});

describe('idle time-out', () => {
  it('P-64 ends a slot without requests, if the gateways agree', () => {
    const pool = new SimulatedPool(poolSettings({ processModel: { idleTimeoutMs: minute } }), [workerApplication]);
    pool.running();
    pool.pass(2 * minute);
    expect(pool.of('announce').at(-1)?.announcement).toEqual({ add: [], retire: [1], remove: [], onlyIfIdle: true });
    pool.take({ type: 'drained', process: 1 }).exit(1, { code: 0 });
    expect(pool.reports()).toContain('worker.idle.terminated');
    expect(pool.state).toMatchObject({ status: 'started', crashes: [], processes: [] });
  });

  it('a gateway with a request in hand keeps the process', () => {
    const pool = new SimulatedPool(poolSettings({ processModel: { idleTimeoutMs: minute } }), [workerApplication]);
    pool.running();
    pool.pass(2 * minute).take({ type: 'busy', process: 1 });
    expect(pool.process(1)?.phase).toBe('running');
    expect(pool.of('announce').at(-1)?.announcement.add).toEqual([1]);
    expect(pool.pass(500).launched()).toHaveLength(1);
  });

  it('P-65 a running request prevents it', () => {
    const pool = new SimulatedPool(poolSettings({ processModel: { idleTimeoutMs: minute } }), [workerApplication]);
    pool.running();
    pool.take({ type: 'counters', process: 1, active: 1, served: 0, lastActiveAt: pool.now }).pass(30 * minute);
    expect(pool.process(1)?.phase).toBe('running');
  });

  it('P-66 0 means never', () => {
    const pool = new SimulatedPool(poolSettings({ processModel: { idleTimeoutMs: 0 } }), [workerApplication]);
    pool.running();
    expect(pool.pass(24 * 60 * minute).process(1)?.phase).toBe('running');
  });

  it('an AlwaysRunning web garden does not renew its workers for being idle', () => {
    const settings = poolSettings({
      startMode: 'AlwaysRunning',
      processModel: { idleTimeoutMs: minute, maxProcesses: 2 },
    });
    const pool = new SimulatedPool(settings, [workerApplication]).pass(500).bringUp(1).bringUp(2);
    expect(pool.pass(10 * minute).launched()).toHaveLength(2);
    expect(pool.reports()).not.toContain('worker.idle.terminated');
  });

  it('P-71 the last worker of an AlwaysRunning pool stays', () => {
    const settings = poolSettings({ startMode: 'AlwaysRunning', processModel: { idleTimeoutMs: minute } });
    const pool = new SimulatedPool(settings, [workerApplication])
      .pass(500)
      .bringUp(1)
      .pass(10 * minute);
    expect(pool.process(1)?.phase).toBe('running');
  });
});

describe('pings', () => {
  it('P-40 a worker that does not answer is killed and counts', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]);
    pool.answersPings = false;
    pool.running();
    pool.pass(30_000);
    expect(pool.of('ping')).toHaveLength(1);
    pool.pass(91_000);
    expect(pool.reports()).toContain('worker.ping.timeout');
    expect(pool.of('kill')).toEqual([{ type: 'kill', process: 1 }]);
    expect(pool.state.crashes).toHaveLength(1);
  });

  it('an answer clears it', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]);
    pool.running();
    pool.pass(10 * 30_500);
    expect(pool.of('kill')).toEqual([]);
    expect(pool.of('ping').length).toBeGreaterThanOrEqual(9);
  });

  it('P-41 nobody asks when pinging is off', () => {
    const pool = new SimulatedPool(poolSettings({ processModel: { pingingEnabled: false } }), [workerApplication]);
    pool.running();
    pool.pass(10 * minute);
    expect(pool.of('ping')).toEqual([]);
  });

  it('P-45 a supervisor that stood still does not blame the worker', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]);
    pool.answersPings = false;
    pool.running();
    pool.pass(31_000);
    pool.now += 10 * minute;
    pool.take({ type: 'tick' }).pass(1_000).take({ type: 'pong', process: 1 });
    expect(pool.of('kill')).toEqual([]);
  });
});

describe('app_offline.htm', () => {
  const page = '/srv/shop/app_offline.htm';

  it('M-104 present before the first request: nothing is started', () => {
    const pool = new SimulatedPool(poolSettings({ startMode: 'AlwaysRunning' }), [
      { ...workerApplication, offlinePage: page },
    ])
      .pass(500)
      .demand();
    expect(pool.launched()).toEqual([]);
    expect(pool.of('applicationState').at(-1)?.state).toEqual({ id: 'shop/', state: 'offline', offlinePage: page });
  });

  it('M-106 dropped while running: the page at once, the process drains and ends', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]);
    pool.running();
    pool.offline('shop/', page);
    expect(pool.of('applicationState').at(-1)?.state.state).toBe('offline');
    expect(pool.of('announce').at(-1)?.announcement.retire).toEqual([1]);
    pool.take({ type: 'drained', process: 1 }).exit(1, { code: 0 });
    expect(pool.state).toMatchObject({ status: 'started', processes: [], crashes: [] });
  });

  it('M-107 it hides a failed start, and after its removal the start is tried again', () => {
    const pool = new SimulatedPool(poolSettings(), [compatApplication])
      .demand()
      .take({ type: 'launched', process: 1, pid: 1 })
      .exit(1);
    pool.offline('shop/net', page);
    expect(pool.of('applicationState').at(-1)?.state.state).toBe('offline');
    pool.offline('shop/net', undefined);
    expect(pool.of('applicationState').at(-1)?.state.state).toBe('available');
    expect(pool.demand().launched()).toHaveLength(2);
  });
});

describe('stopping', () => {
  it('refuses first, drains, and is stopped when the last process is gone', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]);
    pool.running();
    pool.take({ type: 'stop', reason: 'Disabled' });
    expect(pool.last.map(({ type }) => type)).toEqual(['poolState', 'report', 'announce']);
    pool.take({ type: 'drained', process: 1 });
    expect(pool.state.status).toBe('stopping');
    pool.exit(1, { code: 0 });
    expect(pool.state.status).toBe('stopped');
    expect(pool.state.crashes).toEqual([]);
  });

  it('M-53 an app process that ignores everything is killed after its own shutdownTimeLimit', () => {
    const pool = new SimulatedPool(poolSettings(), [appApplication]);
    pool.running();
    pool.take({ type: 'stop', reason: 'Disabled' }).take({ type: 'drained', process: 1 });
    expect(pool.of('end')).toEqual([{ type: 'end', process: 1, limitMs: 10_000 }]);
    pool.pass(10_000);
    expect(pool.of('kill')).toEqual([{ type: 'kill', process: 1 }]);
    expect(pool.reports()).toContain('app.shutdown.failed');
  });

  it('a process that is only starting is ended without asking the gateways', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication])
      .demand()
      .take({ type: 'launched', process: 1, pid: 1 });
    pool.take({ type: 'stop', reason: 'Disabled' });
    expect(pool.of('end')).toHaveLength(1);
  });
});
