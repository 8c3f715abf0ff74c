import {
  applicationPathVariable,
  authenticationSchemesVariable,
  hostingStartupVariable,
  httpPlatformPortVariable,
  httpsPortVariable,
  integrationAssembly,
  physicalPathVariable,
  plainPortVariable,
  portVariable,
  tokenVariable,
  webSocketsVariable,
} from '@poolhouse/contract';
import type { ApplicationPoolSettings, ApplicationSettings, HostingSettings } from '../../activation/revision.ts';
import { profileUse } from '../identity/profile-use.ts';
import { expandVariables } from './expand-variables.ts';
import type { PoolIdentity } from './host-facts.ts';

/** Facts of one start that become variables. */
export interface ProcessFacts {
  readonly model: 'inprocess' | 'outofprocess';
  /** Decided port; 0 for a worker that gets a socket and any number. */
  readonly port: number;
  readonly token: string;
  /** A worker gets the token over its channel, never in its environment. */
  readonly tokenInEnvironment: boolean;
  readonly aspNetCore: boolean;
  readonly configurationFile: string;
}

/** Home and identity of the user the process runs as. */
export interface ProfileFacts {
  readonly user: string;
  readonly home: string;
  readonly temporaryFolder: string;
}

type Table = Map<string, { name: string; value: string }>;

/**
 * The whole environment of an application process or worker, built and never inherited, in the order of the
 * ASP.NET Core Module: base, profile, pool, section, and last what the module forces.
 *
 * Names compare ignoring case when one layer replaces another, and the spelling written last wins. A
 * variable whose value ends up empty is left out, as Windows has no empty variables.
 *
 * @param base the supervisor's sanitised base environment (`PATH`, `LANG`, `TZ`)
 */
export function buildEnvironment(
  base: Readonly<Record<string, string>>,
  identity: Pick<PoolIdentity, 'profile' | 'keyRing'>,
  pool: ApplicationPoolSettings,
  application: ApplicationSettings,
  hosting: HostingSettings,
  facts: ProcessFacts,
): Record<string, string> {
  const table: Table = new Map();
  const set = (name: string, value: string): void => void table.set(name.toUpperCase(), { name, value });
  const has = (name: string): boolean => table.has(name.toUpperCase());
  const valueOf = (name: string): string | undefined => table.get(name.toUpperCase())?.value;

  for (const [name, value] of Object.entries({
    ...base,
    ...profileVariables(identity.profile, pool),
    ...keyRingVariables(identity, pool),
    ...workerVariables(pool, application, facts),
  }))
    set(name, value);
  for (const [name, value] of pool.environmentVariables) set(name, value);
  const inherited = {
    ...windowsAliases(identity.profile),
    ...Object.fromEntries([...table.values()].map(({ name, value }) => [name, value])),
  };
  const inheritedWins = /^(1|true)$/i.test(valueOf('ANCM_PREFER_ENVIRONMENT_VARIABLES') ?? '');

  const inSection = new Set<string>();
  for (const [name, value] of hosting.environmentVariables) {
    inSection.add(name.toUpperCase());
    if (!(inheritedWins && name.toUpperCase() in upperNames(inherited))) set(name, value);
  }
  set(
    physicalPathVariable,
    application.physicalPath.endsWith('/') ? application.physicalPath : `${application.physicalPath}/`,
  );
  set(
    authenticationSchemesVariable,
    application.authenticationSchemes.map((scheme) => `${scheme};`).join('') || 'none',
  );
  if (facts.model === 'outofprocess' || facts.aspNetCore) {
    const httpsPort = singleHttpsPort(application);
    if (httpsPort !== undefined && !inSection.has(httpsPortVariable)) set(httpsPortVariable, httpsPort);
    if (!inSection.has(hostingStartupVariable))
      set(hostingStartupVariable, withIntegration(valueOf(hostingStartupVariable)));
  }
  const ports = portNames(facts);
  for (const entry of table.values()) entry.value = expandVariables(entry.value, { ...inherited, ...ports });

  if (facts.tokenInEnvironment) {
    set(webSocketsVariable, String(application.webSocketsEnabled));
    set(portVariable, String(facts.port));
    set(applicationPathVariable, application.path);
    set(tokenVariable, facts.token);
    if (!has('HOST')) set('HOST', '127.0.0.1');
  }
  if (!inSection.has(plainPortVariable)) set(plainPortVariable, String(facts.port));
  return Object.fromEntries(
    [...table.values()].filter(({ value }) => value !== '').map(({ name, value }) => [name, value]),
  );
}

/** The names under which the chosen port is expanded in arguments and values. */
export function portNames(facts: Pick<ProcessFacts, 'port'>): Record<string, string> {
  const port = String(facts.port);
  return { [portVariable]: port, [plainPortVariable]: port, [httpPlatformPortVariable]: port };
}

function profileVariables(
  { user, home, temporaryFolder }: ProfileFacts,
  pool: ApplicationPoolSettings,
): Record<string, string> {
  const common = {
    ...{ USER: user, LOGNAME: user, SHELL: '/usr/sbin/nologin' },
    ...{ TMPDIR: temporaryFolder, TEMP: temporaryFolder, TMP: temporaryFolder },
  };
  if (!profileUse(pool).home) return { ...common, HOME: nowhere, DOTNET_CLI_HOME: temporaryFolder };
  return {
    ...{ ...common, HOME: home, DOTNET_CLI_HOME: home, APPDATA: `${home}/.config` },
    ...{
      XDG_CONFIG_HOME: `${home}/.config`,
      XDG_DATA_HOME: `${home}/.local/share`,
      XDG_STATE_HOME: `${home}/.local/state`,
      XDG_CACHE_HOME: `${home}/.cache`,
    },
  };
}

/** Nothing can be created below it, not even by root. */
const nowhere = '/dev/null';

/**
 * By these ASP.NET Core finds its keys, and `@poolhouse/data-protection` as it does. Without any they are below HOME:
 * LOCALAPPDATA and USERPROFILE would lead elsewhere and are not set.
 */
function keyRingVariables(
  { keyRing }: Pick<PoolIdentity, 'keyRing'>,
  pool: ApplicationPoolSettings,
): Record<string, string> {
  const { applicationName } = pool.keyRing;
  // ASP.NET Core has no such variable: there it is SetApplicationName.
  const name = applicationName === '' ? {} : { POOLHOUSE_DATA_PROTECTION_APPLICATION_NAME: applicationName };
  if (keyRing !== undefined) return { ...name, ASPNETCORE_ReadOnlyDataProtectionKeyDirectory: keyRing.folder };
  return profileUse(pool).keys === 'memory' ? { ...name, LOCALAPPDATA: nowhere } : name;
}

/** What files of Windows may name in a value. */
function windowsAliases({ home }: ProfileFacts): Record<string, string> {
  return { USERPROFILE: home, LOCALAPPDATA: `${home}/.local/share` };
}

/** What the module sets in the worker, and both models inherit. */
function workerVariables(
  pool: ApplicationPoolSettings,
  application: ApplicationSettings,
  facts: ProcessFacts,
): Record<string, string> {
  return {
    APP_POOL_ID: pool.name,
    APP_POOL_CONFIG: facts.configurationFile,
    ASPNETCORE_IIS_VERSION: '10.0',
    ASPNETCORE_IIS_APP_POOL_ID: pool.name,
    ASPNETCORE_IIS_APP_POOL_CONFIG_FILE: facts.configurationFile,
    ASPNETCORE_IIS_SITE_NAME: application.site,
    ASPNETCORE_IIS_SITE_ID: String(application.siteId),
    ASPNETCORE_IIS_APP_CONFIG_PATH: `MACHINE/WEBROOT/APPHOST/${application.site}${application.path === '/' ? '' : application.path}`,
    ASPNETCORE_IIS_APPLICATION_ID: `/LM/W3SVC/${application.siteId}/ROOT${application.path === '/' ? '' : application.path}`,
    ASPNETCORE_IIS_APPLICATION_VIRTUAL_PATH: application.path,
  };
}

/** Several https bindings with different ports: there is no one answer. */
function singleHttpsPort(application: ApplicationSettings): string | undefined {
  const ports = new Set(application.httpsPorts);
  return ports.size === 1 ? String([...ports][0]) : undefined;
}

function withIntegration(inherited: string | undefined): string {
  if (inherited === undefined || inherited === '') return integrationAssembly;
  return inherited.includes(integrationAssembly) ? inherited : `${inherited};${integrationAssembly}`;
}

function upperNames(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name.toUpperCase(), value]));
}
