import { describe, expect, it } from 'vitest';
import type { ApplicationPoolSettings } from '../../activation/revision.ts';
import { poolSettings } from '../testing/pool-settings.ts';
import { applicationSettings, hostingSettings } from '../testing/application-settings.ts';
import { buildEnvironment, type ProcessFacts } from './environment.ts';

const profile = {
  user: 'ph-shop-1',
  home: '/state/pools/ph-shop-1/profile',
  temporaryFolder: '/state/pools/ph-shop-1/tmp',
};
const ready = (): Promise<void> => Promise.resolve();
const facts: ProcessFacts = {
  ...{ model: 'outofprocess', port: 12345, token: 'token-value', tokenInEnvironment: true, aspNetCore: true },
  configurationFile: '/etc/poolhouse/applicationHost.config',
};

interface Case {
  processModel?: Partial<ApplicationPoolSettings['processModel']>;
  keyRing?: ApplicationPoolSettings['keyRing'];
  folder?: string;
  base?: Record<string, string>;
  pool?: readonly (readonly [string, string])[];
  section?: readonly (readonly [string, string])[];
  application?: Parameters<typeof applicationSettings>[0];
  facts?: Partial<ProcessFacts>;
}

function build(input: Case): Record<string, string> {
  const hosting = hostingSettings({ environmentVariables: input.section ?? [] });
  const { processModel = {}, keyRing, folder } = input;
  const settings = poolSettings({ processModel, ...(keyRing === undefined ? {} : { keyRing }) });
  const pool = { ...settings, environmentVariables: input.pool ?? [] };
  return buildEnvironment(
    input.base ?? {},
    { profile, ...(folder === undefined ? {} : { keyRing: { folder, ready } }) },
    pool,
    applicationSettings({ hosting, ...input.application }),
    hosting,
    { ...facts, ...input.facts },
  );
}

describe('what the module forces', () => {
  it('M-38 M-39 port, path, token and folder, whatever the section says', () => {
    const environment = build({
      application: { path: '/app', physicalPath: '/srv/app' },
      section: [
        ['ASPNETCORE_APPL_PATH', '/other'],
        ['ASPNETCORE_IIS_PHYSICAL_PATH', '/elsewhere'],
      ],
    });
    expect(environment).toMatchObject({
      ...{ ASPNETCORE_PORT: '12345', ASPNETCORE_APPL_PATH: '/app', ASPNETCORE_TOKEN: 'token-value' },
      ...{ ASPNETCORE_IIS_PHYSICAL_PATH: '/srv/app/', PORT: '12345', HOST: '127.0.0.1' },
    });
  });

  it('M-24 an inherited ASPNETCORE_PORT is ignored', () => {
    expect(build({ pool: [['ASPNETCORE_PORT', '8080']] })['ASPNETCORE_PORT']).toBe('12345');
  });

  it.each([
    [['windows', 'anonymous'], 'windows;anonymous;'],
    [['windows', 'basic', 'anonymous'], 'windows;basic;anonymous;'],
    [[], 'none'],
  ] as const)('M-32 M-33 schemes %j are told as %s', (authenticationSchemes, text) => {
    const environment = build({
      application: { authenticationSchemes },
      section: [['ASPNETCORE_IIS_HTTPAUTH', 'mine']],
    });
    expect(environment['ASPNETCORE_IIS_HTTPAUTH']).toBe(text);
  });

  it('M-37 says whether WebSockets are on', () => {
    expect(build({ application: { webSocketsEnabled: false } })['ASPNETCORE_IIS_WEBSOCKETS_SUPPORTED']).toBe('false');
  });

  it.each([
    [[443], '443'],
    [[443, 443], '443'],
    [[443, 8443], undefined],
    [[], undefined],
  ])('M-35 https ports %j become %s', (httpsPorts, value) => {
    expect(build({ application: { httpsPorts } })['ASPNETCORE_ANCM_HTTPS_PORT']).toBe(value);
  });

  it('M-36 the section may set the https port itself', () => {
    const environment = build({
      application: { httpsPorts: [443] },
      section: [['ASPNETCORE_ANCM_HTTPS_PORT', '1234']],
    });
    expect(environment['ASPNETCORE_ANCM_HTTPS_PORT']).toBe('1234');
  });

  it('a worker gets no token and no out-of-process variable', () => {
    const environment = build({
      facts: { model: 'inprocess', tokenInEnvironment: false, aspNetCore: false, port: 8080 },
    });
    expect(JSON.stringify(environment)).not.toContain('token-value');
    for (const name of [
      'ASPNETCORE_PORT',
      'ASPNETCORE_TOKEN',
      'ASPNETCORE_APPL_PATH',
      'ASPNETCORE_HOSTINGSTARTUPASSEMBLIES',
    ]) {
      expect(environment).not.toHaveProperty(name);
    }
    expect(environment['PORT']).toBe('8080');
  });
});

describe('layers', () => {
  it('M-27 P-10 the section wins over the pool, the pool over the base', () => {
    expect(
      build({
        base: { A: '1', B: '1', C: '1' },
        pool: [
          ['B', '2'],
          ['C', '2'],
        ],
        section: [['C', '3']],
      }),
    ).toMatchObject({ A: '1', B: '2', C: '3' });
  });

  it('M-28 ANCM_PREFER_ENVIRONMENT_VARIABLES turns that around', () => {
    const environment = build({
      pool: [
        ['ANCM_PREFER_ENVIRONMENT_VARIABLES', 'true'],
        ['C', 'pool'],
      ],
      section: [
        ['c', 'section'],
        ['D', 'section'],
      ],
    });
    expect(environment).toMatchObject({ C: 'pool', D: 'section' });
    expect(environment).not.toHaveProperty('c');
  });

  it('names replace one another ignoring case, in the spelling written last', () => {
    const environment = build({
      pool: [['ASPNETCORE_ENVIRONMENT', 'Production']],
      section: [['aspnetcore_environment', 'Staging']],
    });
    expect(environment['aspnetcore_environment']).toBe('Staging');
    expect(environment).not.toHaveProperty('ASPNETCORE_ENVIRONMENT');
  });

  it('M-29 expands %VARIABLES%, unknown ones stay', () => {
    const environment = build({
      pool: [['TestVariable', 'World']],
      section: [
        ['V', '%testvariable%;Hello %NOPE% 100%'],
        ['URL', 'http://127.0.0.1:%PORT%'],
      ],
    });
    expect(environment).toMatchObject({ V: 'World;Hello %NOPE% 100%', URL: 'http://127.0.0.1:12345' });
  });

  it('M-34 long values arrive complete', () => {
    const long = 'x'.repeat(30_000);
    expect(build({ section: [['LONG', long]] })['LONG']).toBe(long);
  });

  it('an empty value removes the variable', () => {
    expect(build({ base: { GONE: '1' }, section: [['GONE', '']] })).not.toHaveProperty('GONE');
  });
});

describe('hosting startup', () => {
  it.each([
    [undefined, undefined, 'Microsoft.AspNetCore.Server.IISIntegration'],
    ['Asm1', undefined, 'Asm1;Microsoft.AspNetCore.Server.IISIntegration'],
    ['Asm1', 'Mine', 'Mine'],
  ])('M-30 M-31 inherited %s and section %s give %s', (inherited, section, value) => {
    const environment = build({
      ...(inherited === undefined ? {} : { pool: [['ASPNETCORE_HOSTINGSTARTUPASSEMBLIES', inherited]] as const }),
      ...(section === undefined ? {} : { section: [['ASPNETCORE_HOSTINGSTARTUPASSEMBLIES', section]] as const }),
    });
    expect(environment['ASPNETCORE_HOSTINGSTARTUPASSEMBLIES']).toBe(value);
  });
});

describe('keys of data protection', () => {
  const variables = [
    'HOME',
    'LOCALAPPDATA',
    'USERPROFILE',
    'XDG_DATA_HOME',
    'ASPNETCORE_ReadOnlyDataProtectionKeyDirectory',
  ];
  const found = (input: Case): unknown[] => variables.map((name) => build(input)[name]);

  it('P-98 are found by the home alone', () => {
    expect(found({})).toEqual([profile.home, undefined, undefined, `${profile.home}/.local/share`, undefined]);
  });

  it('have the name of the pool, where a file gives it one', () => {
    const name = 'POOLHOUSE_DATA_PROTECTION_APPLICATION_NAME';
    expect(build({})[name]).toBeUndefined();
    const keyRing = { store: 'Profile', applicationName: 'Shop', profileCompat: 'Helpful' } as const;
    expect(build({ keyRing })[name]).toBe('Shop');
  });

  it('have no place where the profile is not loaded', () => {
    const processModel = { loadUserProfile: false };
    expect(found({ processModel })).toEqual(['/dev/null', '/dev/null', undefined, undefined, undefined]);
  });

  it('have no place, but the application a home, in memory', () => {
    const keyRing = { store: 'Memory', applicationName: '', profileCompat: 'Helpful' } as const;
    expect(found({ keyRing }).slice(0, 2)).toEqual([profile.home, '/dev/null']);
  });

  it('are read where Poolhouse keeps them', () => {
    expect(found({ folder: '/run/poolhouse/keys/shop' })[4]).toBe('/run/poolhouse/keys/shop');
    const own = 'ASPNETCORE_READONLYDATAPROTECTIONKEYDIRECTORY';
    expect(build({ folder: '/run/poolhouse/keys/shop', section: [[own, '/mine']] })[own]).toBe('/mine');
  });

  it('leave names of Windows folders to values', () => {
    expect(build({ section: [['CACHE', '%LOCALAPPDATA%/shop']] })['CACHE']).toBe(`${profile.home}/.local/share/shop`);
  });
});
