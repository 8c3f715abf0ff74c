import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import {
  Connection,
  fixture,
  formatRequest,
  linesOf,
  request,
  scratchFile,
  startLoad,
  until,
  type HostOptions,
  type TestHost,
  useHost,
} from './harness/index.ts';

const sdk = spawnSync('dotnet', ['--version'], { encoding: 'utf8' }).stdout ?? '';
const hasSdk = Number(sdk.split('.')[0]) >= 10;
const project = fixture('aspnetcore/fixture.csproj');
const published = fixture('aspnetcore/bin/published');

interface Facts {
  readonly processId: number;
  readonly pathBase: string;
  readonly path: string;
  readonly query: string;
  readonly scheme: string;
  readonly host: string;
  readonly protocol: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly contentRoot: string;
  readonly fields: readonly string[];
}

/** The `web.config` of `dotnet publish` with a variable for the process. */
function withVariable(webConfig: string, name: string, value: string): string {
  const variables = `<environmentVariables><environmentVariable name="${name}" value="${value}" /></environmentVariables>`;
  return webConfig.replace(/<aspNetCore ([^>]*?)\/>/, `<aspNetCore $1>${variables}</aspNetCore>`);
}

// Skipped where there is no .NET SDK 10 to build the application with.
describe.skipIf(!hasSdk)('an ASP.NET Core application', () => {
  beforeAll(() => {
    const options = ['-c', 'Release', '-o', published, '--nologo', '-v', 'quiet'];
    execFileSync('dotnet', ['publish', project, ...options], {
      stdio: 'pipe',
      env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1' },
    });
  }, 120_000);

  /** A copy of what was published, so that a test may change its files. */
  function publishedHost(
    edit: (webConfig: string, folder: string) => string,
    { path = '/', ...options }: Omit<HostOptions, 'sites'> & { readonly path?: string } = {},
  ): Promise<TestHost> {
    const folder = scratchFile('published');
    cpSync(published, folder, { recursive: true });
    const file = join(folder, 'web.config');
    writeFileSync(file, edit(readFileSync(file, 'utf8'), folder));
    const application = { folder };
    return useHost({
      ...options,
      sites: [{ applications: path === '/' ? { '/': application } : { '/': {}, [path]: application } }],
    });
  }

  const asPublished = (text: string): string => text;
  const outOfProcess = (text: string): string =>
    text.replace('hostingModel="inprocess"', 'hostingModel="outofprocess"');

  it('M-103 published in-process answers 200 through the compatibility path; one event 1025', async () => {
    expect(readFileSync(join(published, 'web.config'), 'utf8')).toContain('hostingModel="inprocess"');
    const host = await publishedHost(asPublished);
    const response = await host.get('/some/path?q=1');
    expect(response.status).toBe(200);
    expect(response.json<Facts>()).toMatchObject({ path: '/some/path', query: '?q=1', pathBase: '' });
    await host.events.waitFor('app.notice', { winId: 1025 });
    expect(host.events.named('app.notice')).toHaveLength(1);
  });

  it.each([
    ['in-process', asPublished],
    ['out-of-process', outOfProcess],
  ])('M-91 %s sees the client’s address, port, scheme and host', async (_, edit) => {
    const host = await publishedHost(edit);
    const target = host.target('/');
    const client = await Connection.open(target);
    client.write(formatRequest(target, { authority: 'shop.example' }));
    const facts = (await client.response()).json<Facts>();
    expect(facts).toMatchObject({
      remoteAddress: '127.0.0.1',
      remotePort: client.localPort,
      scheme: 'http',
      host: 'shop.example',
      protocol: 'HTTP/1.1',
    });
    client.close();
  });

  it('M-96 a framework that is not installed is 500.31, with the reason only where detailed errors are on', async () => {
    const expects = [
      'app.start.attempt_failed',
      'app.in_process.start_failed',
      'app.runtime.failed',
      'worker.exit.unexpected',
    ];
    const missing = (detailed: boolean) => (text: string, folder: string) => {
      const file = join(folder, 'fixture.runtimeconfig.json');
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/"version": "10[^"]*"/g, '"version": "99.0.0"'));
      return detailed ? withVariable(text, 'ASPNETCORE_DETAILEDERRORS', '1') : text;
    };
    const quiet = await (await publishedHost(missing(false), { expects })).get('/');
    expect(quiet.text()).toContain('500.31');
    expect(quiet.text()).not.toContain('99.0.0');
    const detailed = await (await publishedHost(missing(true), { expects })).get('/');
    expect(detailed.text()).toContain('99.0.0');
  });

  it('M-88 below a path: the path base keeps the casing of the request', async () => {
    const host = await publishedHost(outOfProcess, { path: '/shop' });
    expect((await host.get('/Shop/Path')).json<Facts>()).toMatchObject({ pathBase: '/Shop', path: '/Path' });
    expect((await host.get('/shop')).json<Facts>()).toMatchObject({ pathBase: '/shop' });
  });

  it('M-63 M-64 sees the path decoded once and the query as sent', async () => {
    const host = await publishedHost(outOfProcess);
    expect((await host.get('/Path/%3F%3F?query?')).json<Facts>()).toMatchObject({ path: '/Path/??', query: '?query?' });
    expect((await host.get('/a%2fb')).json<Facts>().path).toBe('/a%2fb');
  });

  it('M-84 called without the gateway answers 400 and nothing more', async () => {
    const host = await publishedHost(outOfProcess);
    await host.get('/');
    const { fields } = await host.events.waitFor('app.started');
    const direct = await request({ port: Number(fields['port']), path: '/' });
    expect(direct.status).toBe(400);
    expect(direct.body.length).toBe(0);
  });

  it('M-51 stops in order when asked: 202, event 1006, its own shutdown code runs', async () => {
    const record = scratchFile('record');
    const host = await publishedHost((text) =>
      outOfProcess(text).replace(
        /<aspNetCore ([^>]*?)\/>/,
        `<aspNetCore $1><environmentVariables><environmentVariable name="RECORD_FILE" value="${record}" /></environmentVariables></aspNetCore>`,
      ),
    );
    await host.get('/');
    await host.stopPool();
    await host.events.waitFor('app.shutdown.requested', { winId: 1006, status: 202 });
    expect(linesOf(record)).toEqual(['stopping']);
  });

  it('P-46 a recycle under load loses no request', async () => {
    const host = await publishedHost(outOfProcess);
    const before = (await host.get('/')).json<Facts>().processId;
    const load = startLoad({
      perSecond: 100,
      target: host.target('/echo'),
      connections: 'keep-alive',
      request: { method: 'POST', body: 'x'.repeat(5_000) },
      check: (response) => (response.body.length === 5_000 ? undefined : `${response.body.length} bytes`),
    });
    await until('load', () => load.report.succeeded > 50);
    await host.recycle();
    const seen = load.report.succeeded;
    await until('load after it', () => load.report.succeeded > seen + 50);
    const report = await load.stop();
    expect(report.samples).toEqual([]);
    expect(report.succeeded).toBe(report.sent);
    expect((await host.get('/')).json<Facts>().processId).not.toBe(before);
  });

  it('has its folder as content root', async () => {
    const host = await publishedHost(outOfProcess);
    expect((await host.get('/')).json<Facts>().contentRoot.replace(/\/$/, '')).toBe(host.folder('site/'));
  });
});
