import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { echoOf, fixtureApp, linesOf, until, useHost, type TestHost } from '../harness/index.ts';
import { hostOf, models, processesOf } from '../pools/pool-host.ts';

const echo = 'common/echo.mjs';
const pidOf = async (host: TestHost, path = '/'): Promise<number> => echoOf(await host.get(path)).pid;
const webConfig = (host: TestHost, application = 'site/'): string => join(host.folder(application), 'web.config');
/** A new time is all that a touch changes. */
const touch = (file: string): void => utimesSync(file, new Date(), new Date(Date.now() + 5_000));
const offlinePage = (host: TestHost): string => join(host.folder('site/'), 'app_offline.htm');

describe('app_offline.htm', () => {
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
