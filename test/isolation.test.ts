import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import {
  callManagement,
  echoOf,
  environmentOf,
  fixtureApp,
  isAlive,
  readStat,
  receivedFields,
  sharedHost,
  until,
  type HostingModel,
  type TestHost,
  useHost,
} from './harness/index.ts';

const models = ['inprocess', 'outofprocess'] as const satisfies readonly HostingModel[];

/** Text of every file below a folder. */
function textBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

/** Everything that the host shows: events, state, files, error pages. */
async function everythingShown(host: TestHost): Promise<string> {
  const pages = await Promise.all([host.get('/files/none'), host.get('/dies/exit'), host.get('/broken')]);
  const answers = await Promise.all(
    ['/api/v1/status', '/api/v1/pools/test', '/api/v1/pools/nowhere'].map((path) =>
      callManagement(host.socketPath, 'GET', path),
    ),
  );
  return [
    ...pages.map((page) => `${JSON.stringify(page.headers)} ${page.text()}`),
    ...answers.map((answer) => answer.text),
    JSON.stringify(host.events.events),
    host.events.otherLines.join('\n'),
    textBelow(host.logFolder),
    textBelow(host.runFolder),
  ].join('\n');
}

describe('secrets', () => {
  it('M-128 no token and no value of the environment is ever shown', async () => {
    const host = await useHost({
      pools: [{ name: 'test', environment: { POOL_PASSWORD: 'secret-of-the-pool' } }],
      sites: [
        {
          applications: {
            '/': fixtureApp('common/echo.mjs', { environment: { ConnectionStrings__Main: 'secret-of-the-section' } }),
            '/files': { files: { 'index.html': 'files' } },
            '/dies': fixtureApp('common/dies.mjs', { environment: { API_KEY: 'secret-of-another' } }),
            '/broken': fixtureApp('out-of-process/never-listens.mjs', {
              attributes: { startupTimeLimit: 1 },
              environment: { API_KEY: 'secret-of-the-broken' },
            }),
          },
        },
      ],
      expects: [
        'app.start.attempt_failed',
        'app.start.failed',
        'request.forwarding_failed',
        'worker.exit.unexpected',
        'worker.startup.timeout',
      ],
    });
    const [token = ''] = receivedFields(echoOf(await host.get('/')), 'MS-ASPNETCORE-TOKEN');
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    const shown = await everythingShown(host);
    for (const secret of [token, 'secret-of-']) expect(shown).not.toContain(secret);
  });

  it('no token of a worker is in its environment or its command line', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs', { hostingModel: 'inprocess' }) } }],
    });
    const { pid, environment } = echoOf(await host.get('/environment'));
    expect(Object.keys(environment ?? {}).filter((name) => /TOKEN|POOLHOUSE_WORKER|NODE_CHANNEL/.test(name))).toEqual(
      [],
    );
    expect(JSON.stringify(environmentOf(pid))).not.toMatch(/[0-9a-f]{64}/);
  });
});

describe.each(models)('environment, %s', (model) => {
  const host = sharedHost({
    environment: {
      SUPERVISOR_SECRET: 'stays',
      NODE_OPTIONS: '',
      LISTEN_FDS: '3',
      NOTIFY_SOCKET: '/nonexistent/notify',
    },
    sites: [{ applications: { '/': fixtureApp('common/echo.mjs', { hostingModel: model }) } }],
    expects: ['service.notify_failed', 'service.notify_unavailable'],
  });

  it('is built, not inherited', async () => {
    const names = Object.keys(echoOf(await host.current.get('/environment')).environment ?? {});
    for (const name of ['SUPERVISOR_SECRET', 'LISTEN_FDS', 'NOTIFY_SOCKET', 'NODE_OPTIONS']) {
      expect(names).not.toContain(name);
    }
    for (const name of ['HOME', 'PATH', 'PORT']) expect(names).toContain(name);
  });

  it('M-57 no reserved field of a client reaches the application', async () => {
    const response = await host.current.get('/', {
      headers: [
        ['MS-ASPNETCORE-TOKEN', 'forged'],
        ['MS-ASPNETCORE-CLIENT', 'forged http 1.1 1 1.1.1.1'],
        ['ms-aspnetcore-anything', 'forged'],
      ],
    });
    expect(JSON.stringify(echoOf(response).rawHeaders)).not.toContain('forged');
  });
});

describe('rights', () => {
  it('P-95 a process cannot gain new ones', async () => {
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': fixtureApp('common/echo.mjs', { hostingModel: 'inprocess' }),
          },
        },
      ],
    });
    const { pid } = echoOf(await host.get('/'));
    const gateway = host.pids().gateway[0] as number;
    for (const each of [pid, gateway]) {
      expect(readFileSync(`/proc/${each}/status`, 'latin1')).toMatch(/^NoNewPrivs:\s+1$/m);
    }
  });

  it('what the host writes is closed to others', async () => {
    const host = await useHost({ sites: [{ applications: { '/': fixtureApp('common/echo.mjs') } }] });
    await host.get('/');
    const modes = execFileSync('find', [host.runFolder, '-type', 's', '-printf', '%m %p\n'], { encoding: 'utf8' });
    for (const line of modes.trim().split('\n')) expect(line).toMatch(/^6[06]0 /);
  });
});

describe('a process that abuses its control channel', () => {
  const expects = [
    'worker.channel.untrusted',
    'worker.exit.unexpected',
    'worker.channel.error',
    'request.forwarding_failed',
  ];

  it.each([
    ['garbage', { nonsense: true }],
    ['a message of another version', { version: 99, type: 'ready', port: 1, protocol: 'http/1.1' }],
    ['a message above 64 KiB', { version: 1, type: 'unsupported', reason: 'x'.repeat(70 * 1024) }],
  ])('is killed for %s, with an event', async (_, message) => {
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': fixtureApp('common/abuses-channel.mjs', {
              hostingModel: 'inprocess',
              environment: { MESSAGE: JSON.stringify(message) },
            }),
          },
        },
      ],
      expects,
    });
    const pid = Number((await host.get('/')).text());
    const process = readStat(pid);
    await host.get('/abuse').catch(() => {});
    await host.events.waitFor('worker.channel.untrusted', { pid });
    await until('the process to be gone', () => process !== undefined && !isAlive(process));
    expect(Number((await host.get('/')).text())).not.toBe(pid);
  });
});
