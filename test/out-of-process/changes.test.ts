import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { echoOf, fixtureApp, linesOf, until, useHost, type TestHost } from '../harness/index.ts';
import { hold, hostOf, models, processesOf } from '../pools/pool-host.ts';

const echo = 'common/echo.mjs';
const pidOf = async (host: TestHost, path = '/'): Promise<number> => echoOf(await host.get(path)).pid;
const webConfig = (host: TestHost, application = 'site/'): string => join(host.folder(application), 'web.config');
/** A new time is all that a touch changes. */
const touch = (file: string): void => utimesSync(file, new Date(), new Date(Date.now() + 5_000));
const offlinePage = (host: TestHost): string => join(host.folder('site/'), 'app_offline.htm');

/** Statuses that clients see who never stop asking while `work` goes on. */
async function statusesDuring(host: TestHost, work: () => Promise<void>): Promise<readonly number[]> {
  const statuses = new Set<number>();
  let working = true;
  const clients = Array.from({ length: 4 }, async () => {
    while (working) statuses.add((await host.get('/')).status);
  });
  await work().finally(() => (working = false));
  await Promise.all(clients);
  return [...statuses].toSorted((a, b) => a - b);
}

describe('app_offline.htm', () => {
  it.each(models)('M-108 coming and going under load shows 200 and 503 only, %s', async (model) => {
    const host = await hostOf(echo, model);
    await host.get('/');
    const statuses = await statusesDuring(host, async () => {
      for (let cycle = 0; cycle < 5; cycle += 1) {
        writeFileSync(offlinePage(host), 'away');
        await host.events.waitFor('app.offline', {}, cycle + 1);
        rmSync(offlinePage(host));
        await host.events.waitFor('app.online', {}, cycle + 1);
        await until('the application', async () => (await host.get('/')).status === 200);
      }
    });
    expect(statuses).toEqual([200, 503]);
  });

  it('M-25 every process after it has a port that works', async () => {
    const host = await hostOf(echo, 'outofprocess');
    const seen = new Set([await pidOf(host)]);
    for (let cycle = 1; cycle <= 3; cycle += 1) {
      writeFileSync(offlinePage(host), `away ${cycle}`);
      await until('the page', async () => (await host.get('/')).status === 503);
      await until('the process to end', () => processesOf(host).length === 0);
      rmSync(offlinePage(host));
      await until('the application', async () => (await host.get('/')).status === 200);
      seen.add(await pidOf(host));
    }
    expect(seen.size).toBe(4);
  });

  it('M-109 neither a folder of that name nor a longer name counts', async () => {
    const host = await hostOf(echo, 'outofprocess');
    const before = await pidOf(host);
    writeFileSync(`${offlinePage(host)}.bak`, 'not this');
    mkdirSync(offlinePage(host));
    // Whatever comes of them has come when a change that comes later has acted.
    const applied = host.events.named('config.applied').length;
    touch(webConfig(host));
    await host.events.waitFor('config.applied', {}, applied + 1);
    await until('the next process', async () => (await pidOf(host)) !== before);
    expect(host.events.named('app.offline')).toEqual([]);
  });
});

describe.each(models)('web.config, %s', (model) => {
  it('M-110 M-111 touched: the next request has a new process, with event 1021', async () => {
    const host = await hostOf(echo, model);
    const before = await pidOf(host);
    touch(webConfig(host));
    await host.events.waitFor('app.recycled', { application: 'site/', winId: 1021 });
    await until('another process', async () => (await pidOf(host)) !== before);
  });

  it('M-112 touched again and again under load: every request is served', async () => {
    const host = await hostOf(echo, model);
    await host.get('/');
    const statuses = await statusesDuring(host, async () => {
      for (let time = 1; time <= 5; time += 1) {
        utimesSync(webConfig(host), new Date(), new Date(Date.now() + time * 5_000));
        await host.events.waitFor('app.recycled', {}, time);
      }
    });
    expect(statuses).toEqual([200]);
  });

  it('M-113 disallowRotationOnConfigChange keeps the process until the next recycle', async () => {
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': fixtureApp(echo, {
              hostingModel: model,
              handlerSettings: { disallowRotationOnConfigChange: 'true' },
            }),
          },
        },
      ],
    });
    const before = await pidOf(host);
    touch(webConfig(host));
    await host.events.waitFor('config.applied', {}, 2);
    expect(await pidOf(host)).toBe(before);
    await host.recycle();
    expect(await pidOf(host)).not.toBe(before);
  });
});

it('M-114 the hosting model can be changed in the file, and back', async () => {
  const host = await hostOf(echo, 'outofprocess');
  await host.get('/');
  const file = webConfig(host);
  const text = readFileSync(file, 'utf8');
  for (const [model, other] of [
    ['worker', 'app'],
    ['app', 'worker'],
  ] as const) {
    const wanted = model === 'worker' ? 'inprocess' : 'outofprocess';
    writeFileSync(file, text.replace('hostingModel="outofprocess"', `hostingModel="${wanted}"`));
    await until(`only a ${model} process`, async () => {
      expect((await host.get('/')).status).toBe(200);
      return host.pids()[model].length === 1 && host.pids()[other].length === 0;
    });
  }
});

it('M-119 an application with preloadEnabled starts without a request', async () => {
  const host = await hostOf(
    echo,
    'outofprocess',
    { attributes: { startMode: 'AlwaysRunning' } },
    { preloadEnabled: true },
  );
  await host.events.waitFor('app.started', { application: 'site/' });
  expect(processesOf(host)).toHaveLength(1);
});

it('M-127 what a program writes in UTF-8 stands in its log file unchanged', async () => {
  const host = await useHost({
    sites: [
      {
        applications: {
          '/': {
            files: {
              'app.mjs':
                "import { createServer } from 'node:http'; console.log('grüße ☃ 𝒳'); createServer((_, r) => r.end('ok')).listen(process.env.PORT, '127.0.0.1');",
            },
            aspNetCore: {
              arguments: 'app.mjs',
              attributes: { stdoutLogEnabled: true, stdoutLogFile: '.\\logs\\stdout' },
            },
          },
        },
      },
    ],
  });
  expect((await host.get('/')).text()).toBe('ok');
  const folder = join(host.folder('site/'), 'logs');
  await until('the line', () => readdirSync(folder).some((name) => linesOf(join(folder, name)).includes('grüße ☃ 𝒳')));
});

describe('the pool in applicationHost.config', () => {
  const change = async (host: TestHost, from: string, to: string): Promise<void> => {
    const text = readFileSync(host.configuration, 'utf8');
    expect(text).toContain(from);
    const applied = host.events.named('config.applied').length;
    writeFileSync(host.configuration, text.replace(from, to));
    await host.events.waitFor('config.applied', {}, applied + 1);
  };
  const variable = async (host: TestHost): Promise<string | undefined> =>
    echoOf(await host.get('/environment')).environment?.['SHADE'];

  it('P-60 a changed environment variable recycles, a changed queueLength does not', async () => {
    const host = await hostOf(echo, 'inprocess', { attributes: { queueLength: 900 }, environment: { SHADE: 'red' } });
    const before = await pidOf(host);
    await change(host, 'queueLength="900"', 'queueLength="950"');
    expect(await pidOf(host)).toBe(before);
    expect((await host.pool()).queue.limit).toBe(950);
    await change(host, 'value="red"', 'value="blue"');
    await host.events.waitFor('worker.recycle', { reason: 'configchange', winId: 5080, pid: before });
    await until('the new value', async () => (await variable(host)) === 'blue');
    expect(await pidOf(host)).not.toBe(before);
  });

  it('P-61 disallowRotationOnConfigChange leaves it to the next recycle', async () => {
    const host = await hostOf(echo, 'inprocess', {
      environment: { SHADE: 'red' },
      recycling: { disallowRotationOnConfigChange: true },
    });
    const before = await pidOf(host);
    await change(host, 'value="red"', 'value="blue"');
    expect([await pidOf(host), await variable(host)]).toEqual([before, 'red']);
    await host.recycle();
    expect(await variable(host)).toBe('blue');
  });

  it('a pool that is removed and added again while it drains serves', async () => {
    const second = { name: 'second', attributes: { queueLength: 901 } };
    const host = await useHost({
      pools: [{ name: 'test' }, second],
      sites: [
        { applications: { '/': fixtureApp(echo), '/held': fixtureApp('common/held.mjs', {}, { pool: 'second' }) } },
      ],
    });
    const client = await hold(host, '/held/held');
    await until('the request to execute', async () => (await host.pool('second')).workers[0]?.active === 1);
    const text = readFileSync(host.configuration, 'utf8');
    const without = text
      .replace(/<add name="second"[\s\S]*?<\/add>/, '')
      .replace('applicationPool="second"', 'applicationPool="test"');
    for (const next of [without, text]) {
      const applied = host.events.named('config.applied').length;
      writeFileSync(host.configuration, next);
      await host.events.waitFor('config.applied', {}, applied + 1);
    }
    const { pid } = (await host.get('/held/status')).json<{ pid: number }>();
    expect(pid).toBeGreaterThan(0);
    await until(
      'the first pool to wait for its request only',
      async () => (await host.get('/held/status')).status === 200,
    );
    client.close();
    await until('one process to be left', () => processesOf(host).length === 1);
    expect((await host.get('/held/status')).json()).toMatchObject({ pid });
  });
});
