import type { GatewayLimits, PoolPlan, SitePlan } from '@poolhouse/contract';
import type { EffectiveConfiguration } from '@poolhouse/configuration';
import type { CompiledApplication, CompiledSite } from './content/content-reader.ts';
import type { ApplicationPoolSettings, ApplicationSettings, BindingSettings, SiteSettings } from './revision.ts';
import { gatewaySection, smallestErrorLogBytes } from './sections/gateway.ts';
import { webLimitsSection } from './sections/web-limits.ts';
import type { SiteDeclaration } from './sites/site-declaration.ts';

/** What the supervisor acts on, from the server's file and the content of one site. */
export function siteSettings(site: SiteDeclaration, content: CompiledSite): SiteSettings {
  const { id, name, bindings, serverAutoStart } = site;
  const applications = site.applications.map((application, index): ApplicationSettings => {
    const { path, pool, preloadEnabled, virtualDirectories } = application;
    const { scopes: _, ...settings } = content.applications[index] as CompiledApplication;
    return {
      ...settings,
      site: name,
      siteId: id,
      path,
      pool,
      physicalPath: virtualDirectories[0]?.physicalPath ?? '/nonexistent',
      preloadEnabled,
      // No https binding is served yet, so none may be announced to applications.
      httpsPorts: [],
    };
  });
  return { id, name, bindings, serverAutoStart, applications };
}

/** What the gateways need of the same. */
export function sitePlan(site: SiteDeclaration, content: CompiledSite): SitePlan {
  return {
    id: site.id,
    name: site.name,
    bindings: site.serverAutoStart ? site.bindings.map(bindingPlan) : [],
    connectionTimeoutMs: site.connectionTimeoutMs,
    maxConnections: site.maxConnections,
    applications: site.applications.map(({ id, path, pool, virtualDirectories }, index) => ({
      id,
      path,
      pool,
      virtualDirectories: virtualDirectories.map(({ path, physicalPath }) => ({ path, physicalPath })),
      scopes: content.applications[index]?.scopes ?? [],
    })),
    settings: content.settings,
  };
}

function bindingPlan({ protocol, address, port, host }: BindingSettings): SitePlan['bindings'][number] {
  return { protocol, address, port, host };
}

export function poolPlan({ name, queueLength, failure, recycling, processModel }: ApplicationPoolSettings): PoolPlan {
  return {
    name,
    queueLength,
    concurrentRequestLimit: 5_000,
    requestsThreshold: recycling.periodicRestart.requests,
    refuseWith: failure.loadBalancerCapabilities,
    ...(processModel.maxProcesses === 1 ? {} : { demandWhenBusy: true }),
  };
}

/** What HTTP.sys keeps in the registry has its defaults; the rest is `webLimits`. */
export function gatewayLimits(
  configuration: EffectiveConfiguration,
  trustedProxies: readonly string[],
  errorLogFolder: string,
): GatewayLimits {
  const limits = configuration.section(webLimitsSection);
  return {
    maxRequestBytes: 16_384,
    maxFieldBytes: 16_384,
    maxFields: 100,
    urlSegmentMaxCount: 255,
    urlSegmentMaxLength: 260,
    headerWaitMs: limits.get('headerWaitTimeout') || 15_000,
    minBytesPerSecond: limits.get('minBytesPerSecond'),
    ...(trustedProxies.length > 0 && { trustedProxies }),
    ...errorLog(configuration, errorLogFolder),
  };
}

function errorLog(configuration: EffectiveConfiguration, folder: string): Pick<GatewayLimits, 'errorLog'> {
  const element = configuration.section(gatewaySection).element('errorLog');
  if (!element.get('enabled')) return {};
  const truncateBytes = Math.max(smallestErrorLogBytes, element.get('truncateSize'));
  return { errorLog: { folder, truncateBytes, format: element.get('format') } };
}
