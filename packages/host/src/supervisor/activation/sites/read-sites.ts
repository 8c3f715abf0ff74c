import {
  expandVariables,
  formatOrigin,
  type EffectiveConfiguration,
  type EffectiveElement,
  type PathMap,
  type VariableLookup,
} from '@poolhouse/configuration';
import type { ConfigurationDiagnostic, Origin } from '../revision.ts';
import { sitesSection, type ApplicationElement } from '../sections/sites.ts';
import { webLimitsSection } from '../sections/web-limits.ts';
import { readBindings } from './read-bindings.ts';
import type { ApplicationDeclaration, SiteDeclaration, VirtualDirectoryDeclaration } from './site-declaration.ts';

export interface SiteSurroundings {
  /** Names of pools by their lower case. */
  readonly pools: ReadonlyMap<string, string>;
  /** Lower-case names of pools whose applications read no web.config. */
  readonly withoutContentConfiguration: ReadonlySet<string>;
  readonly pathMap: PathMap;
  readonly variables: VariableLookup;
  /** Relative physical paths begin here: the folder of the server's file. */
  readonly baseFolder: string;
}

/**
 * The sites of the server's file. What makes a site or an application unusable is reported, and leaves the
 * others as they are.
 */
export function readSites(
  configuration: EffectiveConfiguration,
  surroundings: SiteSurroundings,
): { readonly sites: readonly SiteDeclaration[]; readonly diagnostics: readonly ConfigurationDiagnostic[] } {
  const diagnostics: ConfigurationDiagnostic[] = [];
  const limits = configuration.section(webLimitsSection);
  const sites = configuration
    .section(sitesSection)
    .entries()
    .map((element): SiteDeclaration => {
      const siteLimits = element.element('limits');
      const name = element.get('name');
      const applications = element
        .entries()
        .flatMap((application) => readApplication(application, name, surroundings, diagnostics));
      const rooted = applications.some(({ path }) => path === '/');
      const origin = element.writtenAt as Origin;
      if (!rooted) {
        const message = `Site "${name}" has no application with path "/" and is not started; add one.`;
        diagnostics.push({ severity: 'error', ...origin, message });
      }
      const bindings = readBindings(element, diagnostics);
      return {
        id: element.get('id'),
        name,
        serverAutoStart: element.get('serverAutoStart'),
        bindings: rooted ? bindings : [],
        connectionTimeoutMs: siteLimits.isSet('connectionTimeout')
          ? siteLimits.get('connectionTimeout')
          : limits.get('connectionTimeout'),
        maxConnections: siteLimits.get('maxConnections'),
        maxUrlSegments: siteLimits.get('maxUrlSegments'),
        applications,
      };
    });
  return { sites: withoutCollisions(sites, diagnostics), diagnostics };
}

/** Of two started sites with one binding the first keeps running, and the other has none. */
function withoutCollisions(
  sites: readonly SiteDeclaration[],
  diagnostics: ConfigurationDiagnostic[],
): readonly SiteDeclaration[] {
  const holders = new Map<string, { readonly site: string; readonly origin: Origin }>();
  return sites.map((site) => {
    if (!site.serverAutoStart) return site;
    const keyed = site.bindings.map((binding) => {
      const { protocol, address, port, host } = binding;
      return { binding, key: `${protocol} ${address} ${port} ${host}` };
    });
    const taken = keyed.find(({ key }) => holders.has(key));
    if (taken !== undefined) {
      const holder = holders.get(taken.key) as { site: string; origin: Origin };
      const { address, port, host, origin } = taken.binding;
      const message = `Site "${site.name}" is not started: its binding ${address}:${port}:${host} belongs to site "${holder.site}" (${formatOrigin(holder.origin)}).`;
      diagnostics.push({ severity: 'error', ...origin, message });
      return { ...site, bindings: [] };
    }
    for (const { key, binding } of keyed) holders.set(key, { site: site.name, origin: binding.origin });
    return site;
  });
}

function readApplication(
  element: EffectiveElement<ApplicationElement>,
  site: string,
  surroundings: SiteSurroundings,
  diagnostics: ConfigurationDiagnostic[],
): readonly ApplicationDeclaration[] {
  const path = element.get('path');
  const origin = element.writtenAt as Origin;
  const what = `Application "${path}" of site "${site}"`;
  const report = (severity: 'error' | 'warning', message: string, place = origin): void => {
    diagnostics.push({ severity, ...place, message });
  };
  const protocols = element
    .get('enabledProtocols')
    .split(',')
    .map((protocol) => protocol.trim().toLowerCase());
  if (!protocols.includes('http')) {
    report(
      'warning',
      `${what} is left out: its enabledProtocols ("${element.get('enabledProtocols')}") do not name http.`,
    );
    return [];
  }
  const named = element.get('applicationPool');
  const pool = surroundings.pools.get(named.toLowerCase());
  const directories = readVirtualDirectories(element, what, surroundings, report);
  let problem = directories.problem;
  if (pool === undefined) {
    const message =
      named === ''
        ? `${what} names no applicationPool, and neither does applicationDefaults.`
        : `${what} names pool "${named}", which does not exist; add it to applicationPools or name another.`;
    report('error', message, element.origin('applicationPool') ?? origin);
    problem = { kind: 'pool', message };
  }
  return [
    {
      id: site + path,
      path,
      pool: pool ?? named,
      preloadEnabled: element.get('preloadEnabled'),
      readsContent: !surroundings.withoutContentConfiguration.has(named.toLowerCase()),
      virtualDirectories: directories.list,
      ...(problem === undefined ? {} : { problem }),
      origin,
    },
  ];
}

function readVirtualDirectories(
  application: EffectiveElement<ApplicationElement>,
  what: string,
  { pathMap, variables, baseFolder }: SiteSurroundings,
  report: (severity: 'error' | 'warning', message: string, place?: Origin) => void,
): { list: readonly VirtualDirectoryDeclaration[]; problem: ApplicationDeclaration['problem'] } {
  const list: VirtualDirectoryDeclaration[] = [];
  let problem: ApplicationDeclaration['problem'];
  for (const element of application.entries()) {
    const path = element.get('path') || '/';
    const origin = element.writtenAt as Origin;
    const place = element.origin('physicalPath') ?? origin;
    const text = element.get('physicalPath');
    const { unknown } = expandVariables(text, variables);
    if (unknown.length > 0) {
      report('warning', `${what}: %${unknown[0]}% in physicalPath is no known variable and stays as written.`, place);
    }
    const mapped = text === '' ? { problem: 'physicalPath is missing' } : pathMap(text, baseFolder);
    if ('path' in mapped) {
      list.push({ path, physicalPath: mapped.path, allowSubDirConfig: element.get('allowSubDirConfig'), origin });
      continue;
    }
    const message = `${what}: the folder of virtual directory "${path}" cannot be used: ${mapped.problem}.`;
    report('error', message, place);
    if (path === '/') problem = { kind: 'folder', message };
  }
  if (problem === undefined && !list.some(({ path }) => path === '/')) {
    problem = { kind: 'folder', message: `${what} has no virtualDirectory with path "/"; add one.` };
    report('error', problem.message);
  }
  // The root first: it is where the application lives.
  return { list: list.toSorted((left, right) => left.path.length - right.path.length), problem };
}
