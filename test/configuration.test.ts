import { readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { echoOf, fixtureApp, sharedHost, until, useHost, type TestHost } from './harness/index.ts';

const echo = fixtureApp('common/echo.mjs');
const applied = 'config.applied';

const webConfigOf = (host: TestHost, application: string): string => join(host.folder(application), 'web.config');
const pidOf = async (host: TestHost, path: string): Promise<number> => echoOf(await host.get(path)).pid;
const nextRevision = async (host: TestHost, change: () => void): Promise<void> => {
  const before = host.events.named(applied).length;
  change();
  await host.events.waitFor(applied, {}, before + 1);
};

describe('a web.config that is broken at the start', () => {
  const shared = sharedHost({
    expects: ['config.invalid'],
    sites: [
      { name: 'good', applications: { '/': echo, '/bad': { webConfig: '<configuration>' } } },
      {
        name: 'bad',
        applications: {
          '/': { webConfig: '<configuration><system.webServer><oops/></system.webServer></configuration>' },
        },
      },
    ],
  });

  it('C-3 C-11 fails its own level with 500.19; others are served', async () => {
    const host = shared.current;
    expect((await host.get('/', { site: 'good' })).status).toBe(200);
    expect((await host.get('/bad', { site: 'good' })).status).toBe(500);
    expect((await host.get('/', { site: 'bad' })).status).toBe(500);
    const named = new Set(host.events.named('config.invalid').map(({ fields }) => fields['file']));
    expect(named).toEqual(new Set([webConfigOf(host, 'bad/'), webConfigOf(host, 'good/bad')]));
  });
});

describe('a change', () => {
  it('C-90 of an application replaces its process, and no other', async () => {
    const host = await useHost({ sites: [{ applications: { '/': echo, '/api': echo } }] });
    const [root, api] = [await pidOf(host, '/'), await pidOf(host, '/api')];
    await nextRevision(host, () => utimesSync(webConfigOf(host, 'site/api'), new Date(), new Date()));
    await until('another process to answer', async () => (await pidOf(host, '/api')) !== api);
    expect(await pidOf(host, '/')).toBe(root);
  });

  it('that breaks a web.config leaves what runs as it is, until it is repaired', async () => {
    const host = await useHost({
      expects: ['config.invalid', 'config.warning'],
      sites: [{ applications: { '/': echo } }],
    });
    const pid = await pidOf(host, '/');
    const file = webConfigOf(host, 'site/');
    const text = readFileSync(file, 'utf8');
    await nextRevision(host, () => writeFileSync(file, text.slice(0, 40)));
    expect(host.events.named('config.invalid', { file })).toHaveLength(1);
    expect(await pidOf(host, '/')).toBe(pid);
    await nextRevision(host, () => writeFileSync(file, text));
    await until('another process to answer', async () => (await pidOf(host, '/')) !== pid);
  });

  it("that breaks the server's file changes nothing", async () => {
    const host = await useHost({ expects: ['config.reload.failed'], sites: [{ applications: { '/': echo } }] });
    const pid = await pidOf(host, '/');
    const text = readFileSync(host.configuration, 'utf8');
    writeFileSync(host.configuration, text.replace('<sites>', '<sites><site name="x"/>'));
    const { message } = await host.events.waitFor('config.reload.failed');
    expect(message).toContain("Missing required attribute 'id'");
    expect(await pidOf(host, '/')).toBe(pid);
    await nextRevision(host, () => writeFileSync(host.configuration, text));
    expect(await pidOf(host, '/')).toBe(pid);
  });

  it("that replaces the server's file by an equal one changes nothing", async () => {
    const host = await useHost({ sites: [{ applications: { '/': echo } }] });
    const pid = await pidOf(host, '/');
    await nextRevision(host, () => {
      writeFileSync(`${host.configuration}.new`, readFileSync(host.configuration));
      renameSync(`${host.configuration}.new`, host.configuration);
    });
    expect(await pidOf(host, '/')).toBe(pid);
    rmSync(`${host.configuration}.new`, { force: true });
  });

  it('of sites touches only what differs', async () => {
    const host = await useHost({
      sites: [
        { name: 'one', applications: { '/': echo } },
        { name: 'two', serverAutoStart: false, applications: { '/': echo } },
      ],
    });
    const pid = echoOf(await host.get('/', { site: 'one' })).pid;
    const text = readFileSync(host.configuration, 'utf8');
    await nextRevision(host, () => writeFileSync(host.configuration, text.replace('serverAutoStart="false"', '')));
    await until('the second site to answer', async () => (await host.get('/', { site: 'two' })).status === 200);
    expect(echoOf(await host.get('/', { site: 'one' })).pid).toBe(pid);
  });
});
