import { describe, expect, it } from 'vitest';
import { appApplication, poolSettings, workerApplication } from './testing/pool-settings.ts';
import { SimulatedPool } from './testing/simulated-pool.ts';

const minute = 60_000;
const untrusted = {
  type: 'condemned',
  ending: 'untrusted',
  problem: { stage: 'launch', message: 'its control channel carried a message of 70000 bytes', critical: false },
} as const;
const gone = { stage: 'launch', message: 'the process could not be made: EAGAIN', critical: false } as const;
const page = '/srv/shop/app_offline.htm';

/** One process, which a gateway was asked to let go of because it seems idle. */
function retiringForIdleness(settings: Parameters<typeof poolSettings>[0] = {}): SimulatedPool {
  const pool = new SimulatedPool(poolSettings({ ...settings, processModel: { idleTimeoutMs: minute } }), [
    workerApplication,
  ]);
  pool.running();
  pool.pass(2 * minute);
  expect(pool.process(1)?.phase).toBe('retiring');
  return pool;
}

describe('a process that breaks the rules of its channel', () => {
  it.each(['retiring', 'stopping'] as const)('while %s is killed, and stays known until it is gone', (phase) => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]);
    pool.running();
    pool.take({ type: 'stop', reason: 'Disabled' });
    if (phase === 'stopping') pool.take({ type: 'drained', process: 1 });
    pool.take({ ...untrusted, process: 1 });
    expect(pool.process(1)?.phase).toBe('killing');
    expect(pool.of('kill')).toEqual([{ type: 'kill', process: 1 }]);
    expect(pool.state.status).toBe('stopping');
    pool.exit(1);
    expect(pool.state).toMatchObject({ status: 'stopped', crashes: [] });
  });

  it('again is killed once, and counts once', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]);
    pool.running();
    pool.take({ ...untrusted, process: 1 }).take({ ...untrusted, process: 1 });
    expect(pool.process(1)?.phase).toBe('killing');
    expect(pool.of('kill')).toHaveLength(1);
    expect(pool.state.crashes).toHaveLength(1);
  });
});

describe('a launch that fails after the pool has let go of it', () => {
  it('counts for nothing when the pool stops', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]).demand();
    pool.take({ type: 'stop', reason: 'Disabled' }).take({ type: 'launchFailed', process: 1, problem: gone });
    expect(pool.state).toMatchObject({ status: 'stopped', crashes: [], processes: [] });
    expect(pool.reports()).not.toContain('app.in_process.start_failed');
  });

  it('counts once when it took too long', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]).demand().pass(91_000);
    expect(pool.state.crashes).toHaveLength(1);
    pool.take({ type: 'launchFailed', process: 1, problem: gone });
    expect(pool.state.crashes).toHaveLength(1);
  });
});

describe('a gateway that is busy with a process that seemed idle', () => {
  it('when another gateway has asked for a new one already: one of the two stays', () => {
    const pool = retiringForIdleness().demand();
    expect(pool.launched()).toHaveLength(2);
    pool.take({ type: 'busy', process: 1 });
    expect(pool.process(1)?.phase).toBe('running');
    expect(pool.process(2)?.phase).toBe('stopping');
  });

  it('when the new one runs already: the old one drains', () => {
    const pool = retiringForIdleness().demand().bringUp(2);
    pool.take({ type: 'busy', process: 1 });
    expect(pool.of('announce').at(-1)?.announcement).toEqual({ add: [1], retire: [1], remove: [], onlyIfIdle: false });
    pool.take({ type: 'drained', process: 1 }).exit(1, { code: 0 });
    expect(pool.state.processes.map(({ id, phase }) => [id, phase])).toEqual([[2, 'running']]);
  });

  it('when the application has gone offline: the process drains', () => {
    const pool = retiringForIdleness().offline('shop/', page);
    pool.take({ type: 'busy', process: 1 });
    expect(pool.process(1)?.phase).toBe('retiring');
    pool.take({ type: 'drained', process: 1 }).exit(1, { code: 0 }).pass(minute);
    expect(pool.launched()).toHaveLength(1);
  });

  it('when the pool was stopped: nothing starts with it again', () => {
    const pool = retiringForIdleness().take({ type: 'stop', reason: 'Disabled' }).take({ type: 'busy', process: 1 });
    pool.take({ type: 'drained', process: 1 }).exit(1, { code: 0 }).take({ type: 'start' }).pass(minute);
    expect(pool.launched()).toHaveLength(1);
  });
});

describe('a gateway asks for a process in the moment in which the pool stops', () => {
  it('P-32 is told anew what holds when the pool starts, so that it asks again', () => {
    const pool = new SimulatedPool(poolSettings(), [workerApplication]).pass(500);
    pool.take({ type: 'stop', reason: 'Disabled' }).demand().take({ type: 'start' });
    expect(pool.last).toContainEqual({ type: 'applicationState', state: { id: 'shop/', state: 'available' } });
  });
});

describe('an application that is removed', () => {
  it('M-51 has the time of its own section to end', () => {
    const pool = new SimulatedPool(poolSettings(), [appApplication]);
    pool.running();
    pool.configure({ applications: [] });
    expect(pool.process(1)).toMatchObject({ phase: 'retiring', ending: 'removed' });
    pool.take({ type: 'drained', process: 1 });
    expect(pool.of('end')).toEqual([{ type: 'end', process: 1, limitMs: appApplication.shutdownLimitMs }]);
    pool.exit(1, { code: 0 });
    expect(pool.state.places).toEqual([]);
  });

  it('leaves nothing behind for one of the same name', () => {
    const pool = new SimulatedPool(poolSettings(), [appApplication]).demand().exit(1).exit(2);
    pool.offline('shop/api', page);
    pool.configure({ applications: [] });
    expect(pool.state).toMatchObject({ failures: {}, published: {} });
  });
});

it('M-106 app_offline.htm ends a process that waits for its replacement', () => {
  const pool = new SimulatedPool(poolSettings(), [workerApplication]);
  pool.running();
  pool.take({ type: 'recycle', reason: 'ondemand' }).exit(2).offline('shop/', page);
  expect(pool.process(1)?.phase).toBe('retiring');
});

it('M-104 an application that is added with its app_offline.htm never starts', () => {
  const pool = new SimulatedPool(poolSettings({ startMode: 'AlwaysRunning' }), []);
  pool.configure({ applications: [{ ...workerApplication, offlinePage: page }] });
  expect(pool.launched()).toEqual([]);
  expect(pool.of('applicationState').at(-1)?.state).toEqual({ id: 'shop/', state: 'offline', offlinePage: page });
});

it('a process that SIGKILL does not end is given up after a while, with an event', () => {
  const pool = new SimulatedPool(poolSettings(), [workerApplication]);
  pool.running();
  pool.take({ ...untrusted, process: 1 }).pass(6_000);
  expect(pool.reports()).toContain('worker.kill.failed');
  expect(pool.state.processes).toEqual([]);
});
