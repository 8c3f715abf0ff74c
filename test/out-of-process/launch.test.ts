import { writeFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import {
  echoOf,
  fixtureApp,
  freePort,
  receivedFields,
  scratchFile,
  sharedHost,
  type ApplicationShorthand,
  type AspNetCoreShorthand,
  type Echo,
  until,
  useHost,
} from '../harness/index.ts';

const root: ApplicationShorthand = { files: { 'index.html': 'root' } };
const longText = 'long '.repeat(6_000).trim();

/** Applications of one host, each with its own `aspNetCore` section. */
const applications: Record<string, AspNetCoreShorthand> = {
  '/plain': {},
  '/empty-port': { environment: { ASPNETCORE_PORT: '' } },
  '/sections-win': { environment: { FROM_BOTH: 'section', Mixed_Case: 'section' } },
  '/expanded': { environment: { EXPANDED: '%TestVariable%;Hello', UNDEFINED: '%NoSuchVariable%' } },
  '/own-startup': { environment: { ASPNETCORE_HOSTINGSTARTUPASSEMBLIES: 'Asm2' } },
  '/reserved': {
    environment: {
      ASPNETCORE_IIS_HTTPAUTH: 'from section',
      ASPNETCORE_APPL_PATH: '/elsewhere',
      ASPNETCORE_IIS_PHYSICAL_PATH: '/elsewhere/',
      ASPNETCORE_IIS_WEBSOCKETS_SUPPORTED: 'maybe',
    },
  },
  '/long': { environment: { LONG: longText } },
  '/https-port': { environment: { ASPNETCORE_ANCM_HTTPS_PORT: '4433' } },
  '/port-words': {
    arguments: '%ASPNETCORE_PORT% --url=http://127.0.0.1:%PORT% %HTTP_PLATFORM_PORT%',
    environment: { OWN_PORT: '%ASPNETCORE_PORT%' },
  },
  '/quoted': { arguments: '"two words" plain "größe" "back\\\\slash" "" --a="b c"' },
};

describe('environment of an application process', () => {
  const host = sharedHost({
    pools: [
      {
        name: 'test',
        environment: {
          FROM_BOTH: 'pool',
          MIXED_CASE: 'pool',
          TestVariable: 'World',
          ASPNETCORE_PORT: '9',
          ASPNETCORE_TOKEN: 'of-the-pool',
          ASPNETCORE_HOSTINGSTARTUPASSEMBLIES: 'Asm1',
        },
      },
    ],
    environment: { ASPNETCORE_PORT: '9', ASPNETCORE_TOKEN: 'of-the-supervisor', SUPERVISOR_SECRET: 'stays-there' },
    sites: [
      {
        applications: {
          '/': root,
          ...Object.fromEntries(
            Object.entries(applications).map(([path, section]) => [path, fixtureApp('common/echo.mjs', section)]),
          ),
          '/no-websockets': fixtureApp('common/echo.mjs', {}, { webServer: '<webSocket enabled="false" />' }),
        },
      },
    ],
  });

  async function environmentOf(path: string): Promise<Record<string, string | undefined>> {
    return (await echo(path)).environment as Record<string, string>;
  }

  async function echo(path: string): Promise<Echo> {
    return echoOf(await host.current.get(`${path}/environment`));
  }

  it.each(['/plain', '/empty-port'])('M-22 %s gets a random port in range, in both variables', async (path) => {
    const environment = await environmentOf(path);
    const port = Number(environment['ASPNETCORE_PORT']);
    expect(port).toBeGreaterThanOrEqual(10_000);
    expect(port).toBeLessThanOrEqual(48_000);
    expect(environment['PORT']).toBe(String(port));
  });

  it('M-24 ignores ASPNETCORE_PORT and ASPNETCORE_TOKEN of pool and supervisor', async () => {
    const environment = await environmentOf('/plain');
    expect(environment['ASPNETCORE_PORT']).not.toBe('9');
    expect(environment['ASPNETCORE_TOKEN']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('inherits nothing from the supervisor', async () => {
    expect(Object.keys(await environmentOf('/plain'))).not.toContain('SUPERVISOR_SECRET');
  });

  it('sends the token of the environment with every request', async () => {
    const answer = await echo('/plain');
    expect(receivedFields(answer, 'MS-ASPNETCORE-TOKEN')).toEqual([answer.environment?.['ASPNETCORE_TOKEN']]);
  });

  it('M-27 lets the section win over the pool, ignoring case', async () => {
    const environment = await environmentOf('/sections-win');
    expect(environment['FROM_BOTH']).toBe('section');
    expect(environment['Mixed_Case']).toBe('section');
    expect(environment).not.toHaveProperty('MIXED_CASE');
  });

  it('M-29 expands variables in values and leaves unknown ones as written', async () => {
    const environment = await environmentOf('/expanded');
    expect(environment['EXPANDED']).toBe('World;Hello');
    expect(environment['UNDEFINED']).toBe('%NoSuchVariable%');
  });

  it('M-30 appends the integration to inherited hosting startup assemblies', async () => {
    expect((await environmentOf('/plain'))['ASPNETCORE_HOSTINGSTARTUPASSEMBLIES']).toBe(
      'Asm1;Microsoft.AspNetCore.Server.IISIntegration',
    );
  });

  it('M-31 leaves hosting startup assemblies of the section alone', async () => {
    expect((await environmentOf('/own-startup'))['ASPNETCORE_HOSTINGSTARTUPASSEMBLIES']).toBe('Asm2');
  });

  it('M-32 M-33 writes the enabled authentication schemes over a value of the section', async () => {
    expect((await environmentOf('/reserved'))['ASPNETCORE_IIS_HTTPAUTH']).toBe('anonymous;');
  });

  it('M-34 passes 30,000 characters', async () => {
    expect((await environmentOf('/long'))['LONG']).toBe(longText);
  });

  it('M-36 keeps ASPNETCORE_ANCM_HTTPS_PORT of the section', async () => {
    expect((await environmentOf('/https-port'))['ASPNETCORE_ANCM_HTTPS_PORT']).toBe('4433');
  });

  it('M-37 says whether WebSockets are enabled', async () => {
    expect((await environmentOf('/plain'))['ASPNETCORE_IIS_WEBSOCKETS_SUPPORTED']).toBe('true');
    expect((await environmentOf('/reserved'))['ASPNETCORE_IIS_WEBSOCKETS_SUPPORTED']).toBe('true');
    expect((await environmentOf('/no-websockets'))['ASPNETCORE_IIS_WEBSOCKETS_SUPPORTED']).toBe('false');
  });

  it('M-38 announces the virtual path, whatever the section says', async () => {
    expect((await environmentOf('/plain'))['ASPNETCORE_APPL_PATH']).toBe('/plain');
    expect((await environmentOf('/reserved'))['ASPNETCORE_APPL_PATH']).toBe('/reserved');
  });

  it('M-39 announces the folder with a trailing separator, and runs there', async () => {
    const { environment, workingDirectory } = await echo('/reserved');
    expect(environment?.['ASPNETCORE_IIS_PHYSICAL_PATH']).toBe(`${host.current.folder('site/reserved')}/`);
    expect(workingDirectory).toBe(host.current.folder('site/reserved'));
  });

  it('writes the port into arguments and values', async () => {
    const answer = await echo('/port-words');
    const port = answer.environment?.['PORT'];
    expect(answer.arguments).toEqual([port, `--url=http://127.0.0.1:${port}`, port]);
    expect(answer.environment?.['OWN_PORT']).toBe(port);
  });

  it('M-129 splits arguments by the rules of Windows, without a shell', async () => {
    expect((await echo('/quoted')).arguments).toEqual(['two words', 'plain', 'größe', 'back\\\\slash', '', '--a=b c']);
  });

  it('has a home of its own', async () => {
    const environment = await environmentOf('/plain');
    expect(environment['HOME']).toMatch(/^\//);
    expect(environment['TMPDIR']).toMatch(/^\//);
    expect(environment['PATH']).toMatch(/^\//);
  });
});

describe('ASPNETCORE_PORT in the section', () => {
  it('M-21 is where the application listens', async () => {
    const port = await freePort();
    const host = await useHost({
      sites: [
        { applications: { '/': fixtureApp('common/echo.mjs', { environment: { ASPNETCORE_PORT: String(port) } }) } },
      ],
    });
    expect(echoOf(await host.get('/environment')).environment?.['PORT']).toBe(String(port));
    expect(host.events.named('app.started', { port })).toHaveLength(1);
  });

  it.each(['65536', '0', 'abc', '1024'])('M-23 %s is refused without a second attempt', async (port) => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs', { environment: { ASPNETCORE_PORT: port } }) } }],
      expects: ['app.start.attempt_failed', 'app.start.failed', 'worker.spawn.failed'],
    });
    const response = await host.get('/');
    expect(response.status).toBe(502);
    expect(response.text()).toContain('502.5');
    await host.events.waitFor('app.start.failed', { winId: 1020 });
    expect(host.events.named('app.start.attempt_failed')).toHaveLength(1);
  });
});

describe('pairing token', () => {
  const token = 'a-token-of-the-section';

  it('M-26 of the section is used and warned about', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs', { environment: { ASPNETCORE_TOKEN: token } }) } }],
      expects: ['app.warning', 'config.warning'],
    });
    const echo = echoOf(await host.get('/environment'));
    expect(echo.environment?.['ASPNETCORE_TOKEN']).toBe(token);
    expect(receivedFields(echo, 'MS-ASPNETCORE-TOKEN')).toEqual([token]);
    expect(host.events.events.filter((event) => event.level === 'warn').length).toBeGreaterThan(0);
    expect(JSON.stringify(host.events.events)).not.toContain(token);
  });

  it('M-26 is another for each process', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs', { attributes: { processesPerApplication: 2 } }) } }],
    });
    const tokenOf = async (): Promise<string | undefined> =>
      receivedFields(echoOf(await host.get('/')), 'MS-ASPNETCORE-TOKEN')[0];
    const tokensOfBoth = async (): Promise<(string | undefined)[]> => {
      await host.get('/');
      await until('both processes', async () => (await host.running()).length === 2);
      return [await tokenOf(), await tokenOf()];
    };
    const before = await tokensOfBoth();
    await host.recycle();
    const after = await tokensOfBoth();
    expect(new Set([...before, ...after]).size).toBe(4);
  });
});

describe('ANCM_PREFER_ENVIRONMENT_VARIABLES', () => {
  it('M-28 lets the variables of the pool win', async () => {
    const host = await useHost({
      pools: [{ name: 'test', environment: { ANCM_PREFER_ENVIRONMENT_VARIABLES: 'true', FROM_BOTH: 'pool' } }],
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs', { environment: { FROM_BOTH: 'section' } }) } }],
    });
    expect(echoOf(await host.get('/environment')).environment?.['FROM_BOTH']).toBe('pool');
  });
});

describe('programs that listen in unusual ways', () => {
  it('waits for a program that listens late', async () => {
    const file = scratchFile('listen');
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': fixtureApp('out-of-process/listens-late.mjs', { environment: { LISTEN_FILE: file } }),
          },
        },
      ],
    });
    const waiting = host.get('/');
    await host.events.waitFor('worker.started');
    writeFileSync(file, '');
    expect((await waiting).status).toBe(200);
  });

  it('serves a program whose child listens, and ends both', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('out-of-process/child-listens.mjs') } }],
    });
    const { pid, wrapper } = (await host.get('/')).json<{ pid: number; wrapper: number }>();
    expect(host.pids().app).toEqual([wrapper]);
    const started = await host.events.waitFor('app.started');
    expect(started.fields).toMatchObject({ pid: wrapper, listeningPid: pid });
  });
});
