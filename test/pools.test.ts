import { writeFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  Connection,
  echoOf,
  fixtureApp,
  formatRequest,
  isAlive,
  readStat,
  scratchFile,
  sharedHost,
  startHost,
  until,
  type HostingModel,
  type HostOptions,
  type PoolShorthand,
  type TestHost,
  useHost,
} from './harness/index.ts';

/** What a request in the hands of a process that dies, or is cut off, reports. */
const brokenRequest = 'request.forwarding_failed';

const models = ['inprocess', 'outofprocess'] as const satisfies readonly HostingModel[];

/** A host with one pool and one fixture application at `/`. */
function hostOf(
  path: string,
  hostingModel: HostingModel,
  pool: Omit<PoolShorthand, 'name'> = {},
  options: Omit<HostOptions, 'sites' | 'pools'> & {
    readonly environment?: never;
    readonly applicationEnvironment?: Readonly<Record<string, string>>;
    readonly attributes?: Readonly<Record<string, string | number | boolean>>;
    readonly programArguments?: string;
    readonly limits?: Readonly<Record<string, string>>;
    readonly preloadEnabled?: boolean;
  } = {},
): Promise<TestHost> {
  const { applicationEnvironment, attributes, programArguments, limits, preloadEnabled, ...rest } = options;
  return useHost({
    ...rest,
    pools: [{ name: 'test', ...pool }],
    sites: [
      {
        ...(limits === undefined ? {} : { limits }),
        applications: {
          '/': fixtureApp(
            path,
            {
              hostingModel,
              ...(attributes === undefined ? {} : { attributes }),
              ...(programArguments === undefined ? {} : { arguments: programArguments }),
              ...(applicationEnvironment === undefined ? {} : { environment: applicationEnvironment }),
            },
            preloadEnabled === undefined ? {} : { preloadEnabled },
          ),
        },
      },
    ],
  });
}

/** Processes of applications that live now, of either hosting model. */
function processesOf(host: TestHost): number[] {
  const { worker, app } = host.pids();
  return [...worker, ...app];
}

async function hold(host: TestHost, path: string): Promise<Connection> {
  const client = await Connection.open(host.target(path));
  return client.write(formatRequest(host.target(path)));
}

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

  it('P-17 two gateways together never let more than 10 wait', async () => {
    const host = await hostOf(
      never,
      'outofprocess',
      { attributes: { queueLength: 10 } },
      { gateways: 2, expects: [...startFails, 'gateway.events_suppressed'] },
    );
    const clients = await Promise.all(Array.from({ length: 60 }, () => hold(host, '/')));
    const refused = () => clients.filter((client) => client.unread.includes('503')).length;
    await until('all but at most 10 to be refused', () => refused() >= 50);
    await until('the rest to wait', async () => (await host.pool()).queue.waiting === 60 - refused());
    // Each gateway has five places of its own; connections may all have gone to one of them.
    expect(60 - refused()).toBeGreaterThanOrEqual(5);
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

describe('idle time', () => {
  /** Pools of one host: one minute, the smallest idle time, passes for all of them at once. */
  const pools = models.flatMap((model) =>
    [
      ['idle', {}, { idleTimeout: '00:01:00' }] as const,
      ['busy', {}, { idleTimeout: '00:01:00' }] as const,
      ['never', {}, { idleTimeout: '00:00:00' }] as const,
      ['always', { startMode: 'AlwaysRunning' }, { idleTimeout: '00:01:00' }] as const,
    ].map(([name, attributes, processModel]) => ({
      name: `${model}-${name}`,
      model,
      attributes,
      processModel,
    })),
  ) as (PoolShorthand & { readonly model: HostingModel })[];
  const host = sharedHost({
    pools,
    arguments: ['--idle-check', '200'],
    sites: pools.map(({ name, model }) => ({
      name,
      applications: { '/': fixtureApp('common/held.mjs', { hostingModel: model }, { pool: name }) },
    })),
  });
  const pids = new Map<string, number>();
  const busy: Connection[] = [];
  let idleMs = 0;

  const pidOf = async (pool: string): Promise<number> =>
    (await host.current.get('/', { site: pool })).json<{ pid: number }>().pid;

  beforeAll(async () => {
    for (const model of models) {
      const target = host.current.target('/held', `${model}-busy`);
      busy.push((await Connection.connect(target)).write(formatRequest(target)));
    }
    // Last come the pools that are to end: when they do, the time has passed for all others.
    for (const { name } of [...pools].sort(
      (a, b) => Number(a.name.endsWith('-idle')) - Number(b.name.endsWith('-idle')),
    )) {
      pids.set(name, await pidOf(name));
    }
    const begun = performance.now();
    for (const model of models) {
      const pool = `${model}-idle`;
      await host.current.events.waitFor('worker.idle.terminated', { pool }, 1, { withinMs: 110_000 });
    }
    idleMs = performance.now() - begun;
  }, 120_000);

  it.each(models)('P-64 %s: the process ends after idleTimeout, event 5186, the pool stays started', async (model) => {
    const pool = `${model}-idle`;
    const pid = pids.get(pool) as number;
    const event = await host.current.events.waitFor('worker.idle.terminated', { pool, pid, winId: 5186 });
    expect(event.fields['idleMs']).toBeGreaterThanOrEqual(60_000);
    expect(idleMs).toBeGreaterThan(59_000);
    await until('the process to end', () => readStat(pid) === undefined);
    expect(await host.current.pool(pool)).toMatchObject({ state: 'started', health: 'idle' });
    expect(await pidOf(pool)).not.toBe(pid);
  });

  it.each(models)('P-65 %s: a running request is not idle', async (model) => {
    expect(await pidOf(`${model}-busy`)).toBe(pids.get(`${model}-busy`));
  });

  it.each(models)('P-66 %s: idleTimeout=0 never ends it', async (model) => {
    expect(await pidOf(`${model}-never`)).toBe(pids.get(`${model}-never`));
  });

  it.each(models)('P-71 %s: AlwaysRunning keeps its last process', async (model) => {
    expect(await pidOf(`${model}-always`)).toBe(pids.get(`${model}-always`));
  });

  afterAll(async () => {
    for (const client of busy) client.close();
  });
});

describe('pools beside one another', () => {
  it('P-6 names that differ by case stop the start and name both lines', async () => {
    await expect(
      startHost({ pools: [{ name: 'Web' }, { name: 'web' }], sites: [{ applications: { '/': {} } }] }),
    ).rejects.toThrow(/Web.*web|web.*Web|duplicate/is);
  });

  it('P-12 an application that names a missing pool answers 503, the others work', async () => {
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': fixtureApp('common/echo.mjs'),
            '/lost': fixtureApp('common/echo.mjs', {}, { pool: 'nowhere' }),
          },
        },
      ],
      expects: ['config.invalid', 'config.warning'],
    });
    expect((await host.get('/lost')).status).toBe(503);
    expect((await host.get('/')).status).toBe(200);
  });

  it('P-10 the variables of the handler win over those of the pool', async () => {
    const host = await useHost({
      pools: [{ name: 'test', environment: { A: '1', B: '1' } }],
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs', { environment: { A: '2' } }) } }],
    });
    expect(echoOf(await host.get('/environment')).environment).toMatchObject({ A: '2', B: '1' });
  });

  it('P-72 a garden grows under load, and each process has its share', async () => {
    const host = await useHost({
      pools: [{ name: 'test', processModel: { maxProcesses: 3 } }],
      sites: [{ applications: { '/': fixtureApp('common/held.mjs', { hostingModel: 'inprocess' }) } }],
    });
    const clients: Connection[] = [];
    await until('three processes', async () => {
      if (clients.length < 100) clients.push(await hold(host, '/held'));
      return (await host.running()).length === 3;
    });
    for (let more = 0; more < 10; more += 1) clients.push(await hold(host, '/held'));
    await until('each to have requests', async () => (await host.running()).every((worker) => worker.active > 0));
    expect(host.pids().worker).toHaveLength(3);
  });
});

describe('a service stop', () => {
  it.each(models)('P-110 %s finishes what was started and exits with 0', async (model) => {
    const file = scratchFile('release');
    const host = await hostOf(
      'common/held-until-file.mjs',
      model,
      {},
      { applicationEnvironment: { RELEASE_FILE: file } },
    );
    await host.get('/');
    const clients = await Promise.all(Array.from({ length: 10 }, () => hold(host, '/held')));
    await until('all to execute', async () => (await host.pool()).workers[0]?.active === 10);
    host.supervisor.kill('SIGTERM');
    await host.events.waitFor('supervisor.stopping');
    writeFileSync(file, '');
    for (const client of clients) expect((await client.response()).status).toBe(200);
    for (const client of clients) client.close();
    await until('the supervisor to end', () => host.supervisor.exitCode !== null);
    expect(host.supervisor.exitCode).toBe(0);
  });
});

/** A program in the place of Node.js that never says a word on the control channel. */
function silentNode(): string {
  const path = scratchFile('node');
  writeFileSync(path, '#!/bin/sh\nexec /bin/sleep 600\n', { mode: 0o755 });
  return path;
}
