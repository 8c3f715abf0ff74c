import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Connection, request, sharedHost, startLoad, until, useHost, type TestHost } from './harness/index.ts';

/** Each site is a folder with one file, which holds the name of the site. */
let content: string;
beforeAll(() => {
  content = mkdtempSync(join(tmpdir(), 'poolhouse-bindings-'));
});
afterAll(() => rmSync(content, { recursive: true, force: true }));

let siteNumber = 0;
function site(name: string, ...bindings: string[]): string {
  mkdirSync(join(content, name), { recursive: true });
  writeFileSync(join(content, name, 'index.html'), name);
  const list = bindings.map((information) => `<binding protocol="http" bindingInformation="${information}"/>`);
  return (
    `<site name="${name}" id="${(siteNumber += 1)}"><application path="/" applicationPool="p">` +
    `<virtualDirectory path="/" physicalPath="${join(content, name)}"/></application>` +
    `<bindings>${list.join('')}</bindings></site>`
  );
}

function server(sites: readonly string[], more = ''): string {
  return (
    `<configuration><system.applicationHost><applicationPools><add name="p"/></applicationPools>` +
    `<sites>${sites.join('\n')}</sites>${more}</system.applicationHost></configuration>`
  );
}

/** Status and body of a GET for `authority`. */
async function asked(host: TestHost, authority: string, address = '127.0.0.1'): Promise<string> {
  const { status, body } = await request({ ...host.target('/', 0), host: address }, { authority });
  return status === 200 ? body.toString() : String(status);
}

async function change(host: TestHost, edit: (text: string) => string): Promise<void> {
  const before = host.events.named('config.applied').length;
  writeFileSync(host.configuration, edit(readFileSync(host.configuration, 'utf8')));
  await host.events.waitFor('config.applied', {}, before + 1);
}

describe('host names and addresses on one port', () => {
  const shared = sharedHost(() => ({
    config: server([
      site('a', '*:%PORT0%:a.test'),
      site('b', '*:%PORT0%:b.test'),
      site('wild', '*:%PORT0%:*.a.test'),
      site('x', '*:%PORT0%:x.a.test'),
      site('loopback', '127.0.0.1:%PORT0%:'),
      site('six', '[::1]:%PORT0%:six.test'),
    ]),
  }));

  it.each([
    ['H-1', 'a.test', 'a'],
    ['H-1', 'b.test', 'b'],
    ['H-3', 'a.test', 'a'],
    ['H-3', 'z.test', 'loopback'],
    ['H-4', 'x.a.test', 'x'],
    ['H-4', 'y.a.test', 'wild'],
    ['H-4', 'z.y.a.test', 'wild'],
    ['H-5', 'A.TEST:9999', 'a'],
    ['H-5', 'a.test.', 'a'],
    ['H-5', 'X.A.Test.:80', 'x'],
  ])('%s %s reaches site %s', async (_, authority, name) => {
    expect(await asked(shared.current, authority)).toBe(name);
  });

  it('H-6 an IPv6 binding is reached over IPv6 only', async () => {
    expect(await asked(shared.current, 'six.test', '::1')).toBe('six');
    expect(await asked(shared.current, 'six.test')).toBe('loopback');
    expect(await asked(shared.current, 'z.test', '::1')).toBe('400');
  });
});

describe('a port where no site takes every host', () => {
  it('H-1 H-2 answers 400 to unknown hosts, unless there is a catch-all that runs', async () => {
    const catchAll = site('all', '*:%PORT0%:');
    const host = await useHost({ config: server([site('a', '*:%PORT0%:a.test'), catchAll]) });
    expect(await asked(host, 'c.test')).toBe('all');
    await change(host, (text) => text.replace('<site name="all"', '<site serverAutoStart="false" name="all"'));
    await until('the catch-all to be gone', async () => (await asked(host, 'c.test')) === '400');
    expect(await asked(host, 'a.test')).toBe('a');
  });

  it('H-7 a binding that two sites have goes to the first; the second stays stopped', async () => {
    const host = await useHost({
      config: server([site('first', '*:%PORT0%:a.test'), site('second', '*:%PORT0%:a.test')]),
      expects: ['config.invalid'],
    });
    expect(await asked(host, 'a.test')).toBe('first');
    const { message } = await host.events.waitFor('config.invalid');
    expect(message).toContain('Site "second" is not started');
  });

  it('H-8 removing a binding fails no request on the others', async () => {
    const gone = site('gone', '*:%PORT1%:');
    const host = await useHost({ config: server([site('stays', '*:%PORT0%:'), gone]), ports: 2 });
    const loads = (['keep-alive', 'new'] as const).map((connections) =>
      startLoad({
        ...{ perSecond: 200, target: host.target('/', 0), connections },
        check: ({ body }) => (body.toString() === 'stays' ? undefined : 'another site answered'),
      }),
    );
    await until('requests to be answered', () => loads.every(({ report }) => report.succeeded > 50));
    await change(host, (text) => text.replace(/<site name="gone".*<\/site>/, ''));
    const atChange = loads.map(({ report }) => report.succeeded);
    await until('more requests to be answered', () =>
      loads.every(({ report }, index) => report.succeeded > (atChange[index] as number) + 100),
    );
    for (const load of loads) expect(await load.stop()).toMatchObject({ failures: {} });
    await expect(request(host.target('/', 1))).rejects.toThrow('ECONNREFUSED');
  });
});

describe('what is refused before a site is entered', () => {
  const shared = sharedHost(() => ({ config: server([site('a', '*:%PORT0%:')]) }));

  it('H-103 HTTP/2 without TLS: the preface is refused, and the connection closed', async () => {
    const client = await Connection.open(shared.current.target('/', 0));
    client.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    expect((await client.response()).status).toBe(505);
    expect(await client.closed()).not.toBe('open');
  });

  it('H-159 is in the error log, with its reason', async () => {
    const client = await Connection.open(shared.current.target('/', 0));
    client.write('GET /missing-host HTTP/1.1\r\n\r\n');
    expect((await client.response()).status).toBe(400);
    const folder = join(shared.current.logFolder, 'HTTPERR');
    const lines = (): string[] =>
      readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'latin1').split('\n'));
    await until('the line', () =>
      lines().some((line) => line.endsWith(' HTTP/1.1 GET /missing-host 400 - Hostname -')),
    );
    expect(lines()[3]).toMatch(/^#Fields: date time c-ip /);
  });
});
