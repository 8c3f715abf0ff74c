import { createServer, type Server } from 'node:net';

import { describe, expect, it } from 'vitest';

import {
  echoOf,
  fixtureApp,
  freePort,
  isAlive,
  linesOf,
  readStat,
  receivedFields,
  recordsOf,
  scratchFile,
  until,
  type ApplicationShorthand,
  type AspNetCoreShorthand,
  type HostOptions,
  type PoolShorthand,
  type TestHost,
  useHost,
} from '../harness/index.ts';

/** What a start that fails reports. */
const failedStart = ['app.start.attempt_failed', 'app.start.failed'];
/** What a request in the hands of a process that dies reports. */
const brokenRequest = 'request.forwarding_failed';

function hostOf(
  application: ApplicationShorthand,
  options: Omit<HostOptions, 'sites' | 'pools'> & { readonly pool?: Omit<PoolShorthand, 'name'> } = {},
): Promise<TestHost> {
  return useHost({
    ...options,
    pools: [{ name: 'test', ...options.pool }],
    sites: [{ applications: { '/': application } }],
  });
}

function program(path: string, section: AspNetCoreShorthand = {}): ApplicationShorthand {
  return fixtureApp(`out-of-process/${path}`, section);
}

describe('a start that fails', () => {
  it('M-40 nothing starts without a request', async () => {
    const host = await hostOf(fixtureApp('common/echo.mjs'));
    expect(host.pids().app).toEqual([]);
    expect((await host.pool()).state).toBe('started');
  });

  it('M-41 exits at once: two attempts, events 1000 ×2 and 1020 with the output, 502.5', async () => {
    const starts = scratchFile('starts');
    const host = await hostOf(program('exits-at-once.mjs', { arguments: '5', environment: { STARTS_FILE: starts } }), {
      expects: failedStart,
    });
    const response = await host.get('/');
    expect(response.status).toBe(502);
    expect(response.text()).toContain('HTTP Error 502.5 - ANCM Out-Of-Process Startup Failure');
    const failed = await host.events.waitFor('app.start.failed', { winId: 1020 });
    expect(host.events.named('app.start.attempt_failed', { winId: 1000 })).toHaveLength(2);
    expect(failed.fields['output']).toContain('said on stdout');
    expect(failed.fields['output']).toContain('said on stderr');
    expect(linesOf(starts)).toHaveLength(2);
  });

  it('M-42 keeps the first 30,000 characters of the output', async () => {
    const host = await hostOf(program('exits-at-once.mjs', { arguments: '1 40000' }), { expects: failedStart });
    await host.get('/');
    const failed = await host.events.waitFor('app.start.failed');
    expect(failed.fields['output']).toBe('x'.repeat(30_000));
  });

  it('M-43 enableOutOfProcessConsoleRedirection=false captures nothing', async () => {
    const host = await hostOf(
      program('exits-at-once.mjs', { handlerSettings: { enableOutOfProcessConsoleRedirection: 'false' } }),
      { expects: failedStart },
    );
    await host.get('/');
    const failed = await host.events.waitFor('app.start.failed');
    expect(failed.fields['output'] ?? '').toBe('');
  });

  it('M-44 disableStartUpErrorPage=true answers 502.3 without the page', async () => {
    const host = await hostOf(program('exits-at-once.mjs', { attributes: { disableStartUpErrorPage: true } }), {
      expects: failedStart,
    });
    const response = await host.get('/');
    expect(response.status).toBe(502);
    expect(response.text()).not.toContain('ANCM');
    expect(response.text()).not.toContain('502.5');
  });

  it.each(['never-listens.mjs', 'listens-on-wrong-port.mjs'])(
    'M-45 %s is ended after startupTimeLimit of each attempt: 502.5',
    async (path) => {
      const host = await hostOf(program(path, { attributes: { startupTimeLimit: 1 } }), { expects: failedStart });
      const response = await host.get('/');
      expect(response.status).toBe(502);
      expect(response.text()).toContain('502.5');
      const failed = host.events.named('app.start.attempt_failed');
      expect(failed).toHaveLength(2);
      for (const { message } of failed) {
        expect(message).toContain('did not listen on 127.0.0.1 and the port in ASPNETCORE_PORT (also PORT) within 1 s');
      }
      await until('no process', () => host.pids().app.length === 0);
    },
  );

  it('does not count a program on [::1] alone as started', async () => {
    const host = await hostOf(program('listens-on-ipv6-only.mjs', { attributes: { startupTimeLimit: 1 } }), {
      expects: failedStart,
    });
    expect((await host.get('/')).status).toBe(502);
  });

  it('M-46 another process owns the port: fails and sends it nothing', async () => {
    const port = await freePort();
    const stranger = await listen(port);
    try {
      const host = await hostOf(
        program('never-listens.mjs', {
          attributes: { startupTimeLimit: 1 },
          environment: { ASPNETCORE_PORT: String(port) },
        }),
        { expects: failedStart },
      );
      expect((await host.get('/')).status).toBe(502);
      expect(stranger.received).toBe(0);
    } finally {
      stranger.server.close();
    }
  });

  it('a program that does not exist is named in the event', async () => {
    const host = await hostOf(
      { aspNetCore: { processPath: './no-such-program', hostingModel: 'outofprocess' } },
      { expects: [...failedStart, 'worker.spawn.failed'] },
    );
    const response = await host.get('/');
    expect(response.status).toBe(502);
    expect(response.text()).toContain('502.5');
    expect(JSON.stringify(host.events.events)).toContain('no-such-program');
  });

  it('requests that wait for one start share its failure', async () => {
    const starts = scratchFile('starts');
    const host = await hostOf(program('exits-at-once.mjs', { environment: { STARTS_FILE: starts } }), {
      expects: failedStart,
    });
    const responses = await Promise.all(Array.from({ length: 5 }, () => host.get('/')));
    expect(responses.map((response) => response.status)).toEqual([502, 502, 502, 502, 502]);
    // A request that arrived after the first failure may have begun a start of its own.
    expect(linesOf(starts).length).toBeLessThanOrEqual(4);
  });
});

describe('several processes', () => {
  it('M-47 processesPerApplication=2 alternates between two processes with different tokens', async () => {
    const host = await hostOf(fixtureApp('common/echo.mjs', { attributes: { processesPerApplication: 2 } }));
    await host.get('/');
    await until('both to run', async () => (await host.running()).length === 2);
    const seen = [];
    for (let request = 0; request < 4; request += 1) seen.push(echoOf(await host.get('/')));
    const pids = seen.map((echo) => echo.pid);
    expect(new Set(pids).size).toBe(2);
    expect(pids[0]).not.toBe(pids[1]);
    expect(pids.slice(2)).toEqual(pids.slice(0, 2));
    expect(new Set(seen.flatMap((echo) => receivedFields(echo, 'MS-ASPNETCORE-TOKEN'))).size).toBe(2);
  });

  it('M-56 two out-of-process applications of one pool have a process each', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs'), '/two': fixtureApp('common/echo.mjs') } }],
    });
    const one = echoOf(await host.get('/'));
    const two = echoOf(await host.get('/two'));
    expect(one.pid).not.toBe(two.pid);
  });
});

describe('a process that ends', () => {
  it('M-48 killed: event 1030, the next request starts another', async () => {
    const host = await hostOf(fixtureApp('common/echo.mjs'));
    const { pid } = echoOf(await host.get('/'));
    process.kill(pid, 'SIGKILL');
    await host.events.waitFor('app.exited', { winId: 1030, pid });
    expect(echoOf(await host.get('/')).pid).not.toBe(pid);
    expect((await host.pool()).state).toBe('started');
  });

  it('M-49 rapidFailsPerMinute=2: the third crash in the minute blocks with 502.5 and event 1003', async () => {
    const host = await hostOf(fixtureApp('common/dies.mjs', { attributes: { rapidFailsPerMinute: 2 } }), {
      expects: [brokenRequest],
    });
    await crash(host, 3);
    const response = await host.get('/');
    expect(response.status).toBe(502);
    expect(response.text()).toContain('502.5');
    await host.events.waitFor('app.start.refused', { winId: 1003 });
    expect((await host.pool()).state).toBe('started');
  });

  it('M-50 rapidFailsPerMinute=0: one crash blocks', async () => {
    const host = await hostOf(fixtureApp('common/dies.mjs', { attributes: { rapidFailsPerMinute: 0 } }), {
      expects: [brokenRequest],
    });
    await crash(host, 1);
    const response = await host.get('/');
    expect(response.text()).toContain('502.5');
    await host.events.waitFor('app.start.refused');
  });

  it('a request in its hands gets 502.3 and is not sent to another process', async () => {
    const host = await hostOf(fixtureApp('common/dies.mjs'), { expects: [brokenRequest] });
    const response = await host.get('/exit');
    expect(response.status).toBe(502);
    expect(host.events.named('app.started')).toHaveLength(1);
  });
});

/** Crashes the application of `common/dies.mjs` so many times, each in a process of its own. */
async function crash(host: TestHost, times: number): Promise<void> {
  for (let crashes = 1; crashes <= times; crashes += 1) {
    expect((await host.get('/exit')).status).toBe(502);
    await host.events.waitFor('app.exited', {}, crashes);
  }
}

interface ShutdownRecord {
  readonly kind: 'shutdown' | 'signal' | 'end';
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: string;
  readonly pid: number;
}

describe('an orderly stop', () => {
  const message = { shutdownMessage: 'always' };

  it.each([
    ['/', '/iisintegration'],
    ['/app', '/app/iisintegration'],
  ])('M-51 of an application at %s posts to %s with event and token; 202, event 1006', async (path, url) => {
    const record = scratchFile('record');
    const app = program('records-shutdown.mjs', {
      arguments: '202 obeys',
      environment: { RECORD_FILE: record, ASPNETCORE_TOKEN: 'a-token-to-recognise' },
      handlerSettings: message,
    });
    const host = await useHost({
      sites: [{ applications: path === '/' ? { '/': app } : { '/': {}, [path]: app } }],
      expects: ['app.warning', 'config.warning'],
    });
    await host.get(path);
    await host.stopPool();
    const records = recordsOf<ShutdownRecord>(record);
    expect(records.map((each) => each.kind)).toEqual(['shutdown', 'end']);
    expect(records[0]?.url).toBe(url);
    expect(records[0]?.headers).toMatchObject({
      'ms-aspnetcore-event': 'shutdown',
      'ms-aspnetcore-token': 'a-token-to-recognise',
    });
    await host.events.waitFor('app.shutdown.requested', { winId: 1006, status: 202 });
  });

  it('M-52 an answer of 404 is followed by SIGTERM', async () => {
    const record = scratchFile('record');
    const host = await hostOf(
      program('records-shutdown.mjs', {
        arguments: '404 obeys',
        environment: { RECORD_FILE: record },
        handlerSettings: message,
      }),
    );
    await host.get('/');
    await host.stopPool();
    expect(recordsOf<ShutdownRecord>(record).map((each) => each.signal ?? each.kind)).toEqual([
      'shutdown',
      'SIGTERM',
      'end',
    ]);
  });

  it('sends a program that never asked for the message only SIGTERM', async () => {
    const record = scratchFile('record');
    const host = await hostOf(
      program('records-shutdown.mjs', { arguments: '202 obeys', environment: { RECORD_FILE: record } }),
    );
    await host.get('/');
    await host.stopPool();
    expect(recordsOf<ShutdownRecord>(record).map((each) => each.signal ?? each.kind)).toEqual(['SIGTERM', 'end']);
  });

  it.each([
    ['the message and the signal', { shutdownMessage: 'always' }],
    ['the signal', { shutdownMessage: 'never' }],
  ])('M-53 a program that ignores %s is killed at shutdownTimeLimit, event 1005', async (_, handlerSettings) => {
    const record = scratchFile('record');
    const host = await hostOf(
      program('records-shutdown.mjs', {
        arguments: '202 ignores',
        attributes: { shutdownTimeLimit: 1 },
        environment: { RECORD_FILE: record },
        handlerSettings,
      }),
      { expects: ['app.shutdown.failed', 'worker.shutdown.timeout'] },
    );
    const pid = Number((await host.get('/')).text());
    await host.stopPool();
    await host.events.waitFor('app.shutdown.failed', { winId: 1005, pid });
    expect(readStat(pid)).toBeUndefined();
  });

  it('M-55 a request during the stop gets 503, never 502', async () => {
    const host = await hostOf(
      program('records-shutdown.mjs', {
        arguments: '202 ignores',
        attributes: { shutdownTimeLimit: 2 },
        environment: { RECORD_FILE: scratchFile('record') },
      }),
      { expects: ['app.shutdown.failed', 'worker.shutdown.timeout'] },
    );
    await host.get('/');
    const stopped = host.stopPool();
    await until('the pool to stop', async () => (await host.pool()).state !== 'started');
    expect((await host.get('/')).status).toBe(503);
    await stopped;
    expect((await host.get('/')).status).toBe(503);
  });

  it('P-102 ends what the program started, in its process group and outside', async () => {
    const host = await hostOf(program('leaves-grandchildren.mjs'));
    const { pid, children } = (await host.get('/')).json<{ pid: number; children: number[] }>();
    const processes = [pid, ...children].map((each) => readStat(each));
    await host.stopPool();
    await until('the whole tree to be gone', () =>
      processes.every((process) => process === undefined || !isAlive(process)),
    );
  });

  it('a killed process takes its tree along', async () => {
    const host = await hostOf(program('leaves-grandchildren.mjs'));
    const { pid, children } = (await host.get('/')).json<{ pid: number; children: number[] }>();
    const processes = children.map((each) => readStat(each));
    process.kill(pid, 'SIGKILL');
    await until('the whole tree to be gone', () =>
      processes.every((process) => process === undefined || !isAlive(process)),
    );
  });
});

interface Stranger {
  readonly server: Server;
  /** Bytes that came. */
  received: number;
}

function listen(port: number): Promise<Stranger> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('data', (chunk) => (stranger.received += chunk.length)));
    const stranger: Stranger = { server, received: 0 };
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(stranger));
  });
}
