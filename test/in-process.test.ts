import { writeFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import {
  Connection,
  echoOf,
  fixtureApp,
  formatRequest,
  freePort,
  isAlive,
  readStat,
  request,
  scratchFile,
  sharedHost,
  until,
  type ApplicationShorthand,
  type AspNetCoreShorthand,
  type HostOptions,
  type TestHost,
  useHost,
} from './harness/index.ts';

function inProcess(path: string, section: AspNetCoreShorthand = {}): ApplicationShorthand {
  return fixtureApp(path, { hostingModel: 'inprocess', ...section });
}

function hostOf(application: ApplicationShorthand, options: Omit<HostOptions, 'sites'> = {}): Promise<TestHost> {
  return useHost({ ...options, sites: [{ applications: { '/': application } }] });
}

/** What a failed start in-process may report besides its own event. */
const failedStart = [
  'app.start.attempt_failed',
  'app.in_process.start_failed',
  'app.exception',
  'worker.exit.unexpected',
  'app.runtime.failed',
];

describe('one application per pool', () => {
  it('M-92 the second in-process application is 500.35 with event 1008; the first still answers', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': inProcess('common/echo.mjs'), '/two': inProcess('common/echo.mjs') } }],
      expects: ['app.second_in_process', 'config.warning'],
    });
    expect((await host.get('/')).status).toBe(200);
    const second = await host.get('/two');
    expect(second.status).toBe(500);
    expect(second.text()).toContain('500.35');
    await host.events.waitFor('app.second_in_process', { winId: 1008, application: 'site/two', pool: 'test' });
    expect((await host.get('/')).status).toBe(200);
  });

  it.each([
    ['in-process first', '/in', '/out'],
    ['out-of-process first', '/out', '/in'],
  ])('M-93 mixed hosting models, %s: the second is 500.34 with event 1009', async (_, first, second) => {
    const host = await useHost({
      sites: [
        { applications: { '/': {}, '/in': inProcess('common/echo.mjs'), '/out': fixtureApp('common/echo.mjs') } },
      ],
      expects: ['app.mixed_hosting', 'config.warning'],
    });
    expect((await host.get(first)).status).toBe(200);
    const response = await host.get(second);
    expect(response.status).toBe(500);
    expect(response.text()).toContain('500.34');
    await host.events.waitFor('app.mixed_hosting', { winId: 1009 });
    expect((await host.get(first)).status).toBe(200);
  });
});

describe('a start that fails', () => {
  it.each([
    ['throws', 'in-process/throws-at-load.cjs'],
    ['rejects', 'in-process/rejects-at-load.mjs'],
    ['exits with 0', 'in-process/exits-with-0.cjs'],
    ['does not exist', 'in-process/no-such-file.cjs'],
  ])('M-94 a program that %s is 500.30, with an event and without detail', async (_, path) => {
    const host = await hostOf(inProcess(path), { expects: failedStart });
    const response = await host.get('/');
    expect(response.status).toBe(500);
    expect(response.text()).toContain('HTTP Error 500.30');
    expect(response.text()).not.toContain('throws at load');
    await host.events.waitFor('app.in_process.start_failed');
  });

  it.each([
    ['ASPNETCORE_DETAILEDERRORS', 'TRUE'],
    ['ASPNETCORE_ENVIRONMENT', 'deVelopment'],
    ['DOTNET_ENVIRONMENT', 'Development'],
  ])('M-94 M-130 shows the exception with %s=%s', async (name, value) => {
    const host = await hostOf(inProcess('in-process/throws-at-load.cjs', { environment: { [name]: value } }), {
      expects: failedStart,
    });
    expect((await host.get('/')).text()).toContain('this application throws at load');
  });

  it('M-95 later than startupTimeLimit is 500.37, with the milliseconds in an event', async () => {
    const host = await hostOf(inProcess('out-of-process/never-listens.mjs', { attributes: { startupTimeLimit: 1 } }), {
      expects: [...failedStart, 'worker.startup.timeout'],
    });
    const response = await host.get('/');
    expect(response.status).toBe(500);
    expect(response.text()).toContain('500.37');
    const event = await host.events.waitFor('app.in_process.start_failed');
    expect(event.message).toMatch(/1000 ms|1 s/);
    await until('the worker to end', () => host.pids().worker.length === 0);
  });

  it('is not retried by each request', async () => {
    const host = await hostOf(inProcess('in-process/throws-at-load.cjs'), { expects: failedStart });
    for (let count = 0; count < 8; count += 1) expect((await host.get('/')).text()).toContain('500.30');
    expect((await host.pool()).state).toBe('started');
    expect(host.events.named('worker.started').length).toBeLessThanOrEqual(2);
  });
});

describe('the life of a worker', () => {
  const expects = ['request.forwarding_failed', 'worker.exit.unexpected', 'app.exception'];

  it('M-102 a program that ends is followed by another at the next request', async () => {
    const host = await hostOf(inProcess('common/dies.mjs'), { expects });
    const before = (await host.get('/exit-after?code=0')).text();
    await host.events.waitFor('worker.exit.unexpected', { pid: Number(before) });
    expect((await host.get('/')).text()).not.toBe(before);
  });

  it('M-94 an exception after the start ends the worker: event 1018 with the stack', async () => {
    const host = await hostOf(inProcess('common/dies.mjs'), { expects });
    expect((await host.get('/throw')).status).toBe(502);
    const event = await host.events.waitFor('app.exception', { winId: 1018 });
    expect(event.fields['error']).toContain('thrown on request');
    expect((await host.get('/')).status).toBe(200);
  });

  it('M-100 a stop asked for while a request runs completes, and so does the request', async () => {
    const file = scratchFile('release');
    const host = await hostOf(inProcess('common/held-until-file.mjs', { environment: { RELEASE_FILE: file } }));
    await host.get('/');
    const held = host.get('/held');
    await until('the request to run', async () => (await host.pool()).workers[0]?.active === 1);
    const stopped = host.stopPool();
    await until('the stop to begin', async () => (await host.pool()).state !== 'started');
    writeFileSync(file, '');
    expect((await held).status).toBe(200);
    await stopped;
  });

  it('runs the application’s own SIGTERM handler at the end', async () => {
    const host = await hostOf(inProcess('in-process/handles-sigterm.cjs'));
    await host.get('/');
    const [pid] = host.pids().worker;
    const worker = readStat(pid as number);
    await host.stopPool();
    expect(worker !== undefined && isAlive(worker)).toBe(false);
    expect(host.events.named('worker.shutdown.timeout')).toEqual([]);
  });
});

describe('what the application sees', () => {
  const host = sharedHost({
    sites: [{ applications: { '/': inProcess('common/echo.mjs') } }],
  });

  it('M-99 the client’s address, port and protocol, without a forwarding header', async () => {
    const target = host.current.target('/');
    const client = await Connection.open(target);
    client.write(formatRequest(target));
    const echo = echoOf(await client.response());
    expect(echo).toMatchObject({
      remoteAddress: '127.0.0.1',
      remotePort: client.localPort,
      version: '1.1',
      encrypted: false,
    });
    expect(echo.rawHeaders.join()).not.toMatch(/MS-ASPNETCORE/i);
    client.close();
  });

  it('the folder of the application as working directory', async () => {
    const echo = echoOf(await host.current.get('/environment'));
    expect(echo.workingDirectory).toBe(host.current.folder('site/'));
    expect(echo.environment?.['ASPNETCORE_IIS_PHYSICAL_PATH']).toBe(`${host.current.folder('site/')}/`);
  });

  it('M-98 with setCurrentDirectory=false another one, and the physical path all the same', async () => {
    const other = await hostOf(inProcess('common/echo.mjs', { handlerSettings: { setCurrentDirectory: 'false' } }));
    const echo = echoOf(await other.get('/environment'));
    expect(echo.workingDirectory).not.toBe(other.folder('site/'));
    expect(echo.environment?.['ASPNETCORE_IIS_PHYSICAL_PATH']).toBe(`${other.folder('site/')}/`);
  });

  it('M-30 hosting startup assemblies as inherited', async () => {
    const other = await useHost({
      pools: [{ name: 'test', environment: { ASPNETCORE_HOSTINGSTARTUPASSEMBLIES: 'Asm1' } }],
      sites: [{ applications: { '/': inProcess('common/echo.mjs') } }],
    });
    const { environment } = echoOf(await other.get('/environment'));
    expect(environment?.['ASPNETCORE_HOSTINGSTARTUPASSEMBLIES']).toBe('Asm1');
  });

  it('no request that did not come through the gateway', async () => {
    const { environment } = echoOf(await host.current.get('/environment'));
    await expect(request({ port: Number(environment?.['PORT']), path: '/' })).rejects.toMatchObject({
      kind: 'connect',
    });
  });
});

describe('kinds of applications', () => {
  it.each([
    ['a handler that is exported', 'in-process/exports-handler.cjs', 'handler /x'],
    ['TypeScript', 'in-process/typed.mts', 'typed'],
    ['a port that is hard-coded', 'in-process/hard-coded-port.cjs', '3000'],
    ['HTTPS', 'in-process/https.cjs', '"url":"/x"'],
    ['a fetch handler', 'in-process/exports-fetch.mjs', '/x'],
  ])('%s is served', async (_, path, expected) => {
    const host = await hostOf(inProcess(path));
    const response = await host.get('/x');
    expect(response.status).toBeLessThan(300);
    expect(response.text()).toContain(expected);
  });

  it.each(['plain', 'secure'])('HTTP/2 without HTTP/1 (%s) is spoken to in h2c', async (kind) => {
    const host = await hostOf(inProcess('in-process/http2.cjs', { environment: { KIND: kind } }));
    expect((await host.get('/x')).json()).toMatchObject({ url: '/x', httpVersionMajor: 2 });
  });

  it('HTTP/2 with HTTP/1 is served', async () => {
    const host = await hostOf(inProcess('in-process/http2.cjs', { environment: { KIND: 'secure with HTTP/1' } }));
    expect((await host.get('/x')).json()).toMatchObject({ url: '/x' });
  });

  it('another server of the application keeps its port', async () => {
    const port = await freePort();
    const host = await hostOf(
      inProcess('in-process/metrics-first.cjs', { environment: { METRICS_PORT: String(port) } }),
    );
    expect((await host.get('/')).json()).toMatchObject({ port });
    expect((await request({ port, path: '/' })).text()).toBe('metrics');
  });

  it('M-131 stackSize allows what the default does not', async () => {
    const depth = async (handlerSettings: Readonly<Record<string, string>>): Promise<number> => {
      const host = await hostOf(inProcess('in-process/deep-recursion.cjs', { handlerSettings }));
      return Number((await host.get('/')).text());
    };
    const small = await depth({});
    expect(await depth({ stackSize: '0x1000000' })).toBeGreaterThan(small * 8);
    expect(await depth({ stackSize: '16777216' })).toBeGreaterThan(small * 8);
  });

  it('M-5 the hosting model compares ignoring case', async () => {
    const host = await hostOf(inProcess('common/echo.mjs', { hostingModel: 'InProcess' }));
    expect((await host.get('/')).status).toBe(200);
    expect(host.pids().worker).toHaveLength(1);
  });

  it('M-4 without a hosting model it runs out-of-process', async () => {
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': { aspNetCore: { arguments: fixtureApp('common/echo.mjs').aspNetCore?.arguments as string } },
          },
        },
      ],
    });
    expect((await host.get('/')).status).toBe(200);
    expect(host.pids()).toMatchObject({ worker: [], app: [expect.any(Number)] });
  });

  it('M-3 an unknown hosting model is 500.0 with event 1034', async () => {
    const host = await hostOf(inProcess('common/echo.mjs', { hostingModel: 'bogus' }), {
      expects: ['config.invalid', 'app.start.failed', 'config.warning'],
    });
    expect((await host.get('/')).status).toBe(500);
    const event = await host.events.waitFor('config.invalid', { winId: 1034 });
    expect(event.message).toContain('bogus');
  });

  it('a program that is neither Node.js nor .NET runs under the in-process contract', async () => {
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': {
              aspNetCore: { hostingModel: 'inprocess', processPath: 'python3', arguments: 'server.py' },
              files: {
                'server.py': [
                  'import http.server, os',
                  'class Handler(http.server.BaseHTTPRequestHandler):',
                  '    def do_GET(self):',
                  '        self.send_response(200)',
                  "        self.send_header('Content-Length', '6')",
                  '        self.end_headers()',
                  "        self.wfile.write(b'python')",
                  '    def log_message(self, *arguments): pass',
                  "http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()",
                ].join('\n'),
              },
            },
          },
        },
      ],
    });
    expect((await host.get('/')).text()).toBe('python');
    await host.events.waitFor('app.notice', { winId: 1025 });
  });
});
