import { mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import {
  echoOf,
  fixtureApp,
  request,
  scratchFile,
  sharedHost,
  startLoad,
  until,
  useHost,
  type TestHost,
} from './harness/index.ts';

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

describe('what files mean to requests', () => {
  const bad = (section: string): { webConfig: string } => ({
    webConfig:
      '<configuration><system.webServer><handlers><add name="a" path="*" verb="*" modules="AspNetCoreModuleV2"/></handlers>' +
      `${section}</system.webServer></configuration>`,
  });
  const shared = sharedHost({
    expects: ['config.invalid', 'config.warning'],
    sites: [
      {
        name: 'paths',
        applications: {
          '/': fixtureApp('common/echo.mjs', { environment: { PLACE: '%HOME%/x' } }),
          '/Shop': echo,
          '/shop/cart': echo,
          '/model': bad('<aspNetCore processPath="node" hostingModel="inproc"/>'),
          '/program': bad('<aspNetCore arguments="server.js"/>'),
          '/broken': { webConfig: '<configuration>\n  <secret-of-the-file/>\n</configuration>' },
          '/transform': {
            webConfig:
              '<configuration><system.webServer><defaultDocument><files><clear/><add value="a.html"/></files></defaultDocument></system.webServer></configuration>',
            files: {
              'a.html': 'a',
              'web.Release.config': '<configuration xmlns:xdt="x"><oops xdt:Transform="Replace"/></configuration>',
            },
          },
        },
      },
    ],
  });
  const text = async (path: string): Promise<string> => (await shared.current.get(path)).text();
  const namedFor = (application: string): string =>
    shared.current.events
      .named('config.invalid', { file: webConfigOf(shared.current, application) })
      .map(({ fields }) => JSON.stringify(fields))
      .join('\n');

  it('C-75 C-76 the longest application path wins, at the border of a segment, whatever the case', async () => {
    const workingDirectory = async (path: string): Promise<string> =>
      echoOf(await shared.current.get(path)).workingDirectory;
    const at = (application: string): string => shared.current.folder(`paths${application}`);
    expect(await workingDirectory('/SHOP/x')).toBe(at('/Shop'));
    expect(await workingDirectory('/shop/CART/1')).toBe(at('/shop/cart'));
    expect(await workingDirectory('/shopping')).toBe(at('/'));
    expect(await workingDirectory('/shop/cartoon')).toBe(at('/Shop'));
  });

  it('C-93 an unknown hosting model is told with both that there are', async () => {
    expect((await shared.current.get('/model')).status).toBe(500);
    expect(namedFor('paths/model')).toMatch(/inproc.*inprocess.*outofprocess/);
  });

  it('C-94 aspNetCore without processPath says that it is required', async () => {
    expect((await shared.current.get('/program')).status).toBe(500);
    expect(namedFor('paths/program')).toMatch(/processPath/);
  });

  it('C-95 a variable in an environmentVariable is expanded with the environment of the application', async () => {
    const { environment } = echoOf(await shared.current.get('/environment'));
    expect(environment?.['PLACE']).toBe(`${environment?.['HOME']}/x`);
  });

  it('C-96 web.Release.config has no effect and is not served', async () => {
    expect(await text('/transform/')).toBe('a');
    expect((await shared.current.get('/transform/web.Release.config')).status).toBe(404);
  });

  it('C-97 a broken file discloses nothing of itself', async () => {
    const response = await shared.current.get('/broken');
    expect(response.status).toBe(500);
    expect(response.text()).not.toMatch(/secret-of-the-file|web\.config:|\/content\//);
    expect(namedFor('paths/broken')).toContain('secret-of-the-file');
  });
});

it('C-69 C-71 the address of a binding decides who is heard, its host who answers', async () => {
  const content = scratchFile('content');
  const site = (name: string, id: number, binding: string): string => {
    mkdirSync(join(content, name), { recursive: true });
    writeFileSync(join(content, name, 'name.txt'), name);
    return (
      `<site name="${name}" id="${id}"><bindings><binding protocol="http" bindingInformation="${binding}"/></bindings>` +
      `<application path="/" applicationPool="p"><virtualDirectory path="/" physicalPath="${join(content, name)}"/></application></site>`
    );
  };
  const sites = [
    site('wild', 1, '127.0.0.1:%PORT0%:*.c.test'),
    site('exact', 2, '127.0.0.1:%PORT0%:www.c.test'),
    site('six', 3, '[::1]:%PORT1%:'),
  ];
  const host = await useHost({
    ports: 2,
    config: `<configuration><system.applicationHost><applicationPools><add name="p"/></applicationPools><sites>${sites.join('')}</sites></system.applicationHost></configuration>`,
  });
  const nameAt = async (authority: string): Promise<string> => (await host.get('/name.txt', { authority })).text();
  expect(await nameAt('WWW.c.test')).toBe('exact');
  expect(await nameAt('x.c.test')).toBe('wild');
  const six = host.target('/name.txt', 1);
  expect((await request({ ...six, host: '::1' })).text()).toBe('six');
  await expect(request(six)).rejects.toMatchObject({ kind: 'connect' });
});

describe('a change', () => {
  it('C-90 M-110 of an application replaces its process, and no other', async () => {
    const host = await useHost({ sites: [{ applications: { '/': echo, '/api': echo } }] });
    const [root, api] = [await pidOf(host, '/'), await pidOf(host, '/api')];
    await nextRevision(host, () => utimesSync(webConfigOf(host, 'site/api'), new Date(), new Date()));
    await until('another process to answer', async () => (await pidOf(host, '/api')) !== api);
    expect(await pidOf(host, '/')).toBe(root);
  });

  it.each(['inprocess', 'outofprocess'])(
    'M-112 again and again under load loses no request: %s',
    async (hostingModel) => {
      const host = await useHost({
        sites: [{ applications: { '/': fixtureApp('common/echo.mjs', { hostingModel }) } }],
      });
      const pids = new Set([await pidOf(host, '/')]);
      const load = startLoad({ perSecond: 100, target: host.target('/'), connections: 'keep-alive' });
      while (pids.size < 4) {
        const known = pids.size;
        await nextRevision(host, () => utimesSync(webConfigOf(host, 'site/'), new Date(), new Date()));
        await until('another process to answer', async () => pids.add(await pidOf(host, '/')).size > known);
      }
      const report = await load.stop();
      expect(report.samples).toEqual([]);
      expect(report.succeeded).toBe(report.sent);
    },
  );

  it('M-113 keeps the process where disallowRotationOnConfigChange says so', async () => {
    const handlerSettings = { disallowRotationOnConfigChange: 'true' };
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs', { handlerSettings }), '/api': echo } }],
    });
    const [kept, other] = [await pidOf(host, '/'), await pidOf(host, '/api')];
    // Both are below the site's file, so when the one is replaced the other has been decided about.
    await nextRevision(host, () => utimesSync(webConfigOf(host, 'site/'), new Date(), new Date()));
    await until('the other process to be replaced', async () => (await pidOf(host, '/api')) !== other);
    expect(await pidOf(host, '/')).toBe(kept);
  });

  it('M-114 of the hosting model moves the application into the worker', async () => {
    const host = await useHost({ sites: [{ applications: { '/': echo } }] });
    const before = await pidOf(host, '/');
    const file = webConfigOf(host, 'site/');
    const text = readFileSync(file, 'utf8');
    await nextRevision(host, () => writeFileSync(file, text.replace('"outofprocess"', '"inprocess"')));
    await until('another process to answer', async () => (await pidOf(host, '/')) !== before);
    expect(host.processes('worker').map(({ pid }) => pid)).toEqual([await pidOf(host, '/')]);
  });

  it('in a folder below counts at once: a web.config that comes, in a new folder too, and that goes', async () => {
    const host = await useHost({
      sites: [
        { applications: { '/': { webConfig: '<configuration/>', files: { 'old/b.html': 'b', 'old/web.txt': '' } } } },
      ],
    });
    const text =
      '<configuration><system.webServer><defaultDocument><files><clear/><add value="b.html"/></files></defaultDocument></system.webServer></configuration>';
    const statusOf = async (path: string): Promise<number> => (await host.get(path)).status;
    expect(await statusOf('/old/')).toBe(403);
    await nextRevision(host, () => writeFileSync(join(host.folder('site/'), 'old/web.config'), text));
    await until('the folder to have a document', async () => (await statusOf('/old/')) === 200);

    mkdirSync(join(host.folder('site/'), 'new/.well-known'), { recursive: true });
    writeFileSync(join(host.folder('site/'), 'new/.well-known/b.html'), 'b');
    writeFileSync(join(host.folder('site/'), 'new/.well-known/web.config'), text);
    await until('the new folder to have a document', async () => (await statusOf('/new/.well-known/')) === 200);

    rmSync(join(host.folder('site/'), 'old/web.config'));
    await until('the folder to have none again', async () => (await statusOf('/old/')) === 403);
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
