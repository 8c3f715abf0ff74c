import type { EffectiveConfiguration, EffectiveElement } from '@poolhouse/configuration';
import type { ConfigurationDiagnostic } from './revision.ts';
import { applicationPoolsSection } from './sections/application-pools.ts';
import { sitesSection } from './sections/sites.ts';
import { webLimitsSection } from './sections/web-limits.ts';

/** Settings that are read, mean something, and have no effect yet: element path, then attributes. */
const unserved = {
  pool: {
    cpu: ['limit', 'action', 'smpAffinitized', 'smpProcessorAffinityMask', 'smpProcessorAffinityMask2'],
    failure: ['orphanWorkerProcess', 'orphanActionExe', 'autoShutdownExe'],
    processModel: ['idleTimeoutAction'],
  },
  site: { limits: ['maxBandwidth'], hsts: ['enabled'], traceFailedRequestsLogging: ['enabled'] },
  limits: ['maxGlobalBandwidth', 'demandStartThreshold', 'dynamicIdleThreshold'],
} as const;

/** A warning for each place of the server's file that sets something nothing acts on yet. */
export function unservedSettings(configuration: EffectiveConfiguration): readonly ConfigurationDiagnostic[] {
  const found = new Map<string, ConfigurationDiagnostic>();
  const check = (element: EffectiveElement, name: string, attributes: readonly string[]): void => {
    for (const attribute of attributes) {
      const origin = element.origin(attribute);
      // What a file sets to what holds anyway asks for nothing.
      if (origin === undefined || isDefault(element.get(attribute))) continue;
      const message = `${name}@${attribute} is accepted and has no effect yet.`;
      found.set(`${origin.file}:${origin.line}:${origin.column}`, {
        severity: 'warning',
        ...origin,
        message,
        code: 'ignored',
      });
    }
  };
  const checkAll = (
    element: EffectiveElement,
    name: string,
    table: Readonly<Record<string, readonly string[]>>,
  ): void => {
    for (const [child, attributes] of Object.entries(table))
      check(element.element(child), `${name}/${child}`, attributes);
  };
  for (const pool of configuration.section(applicationPoolsSection).entries())
    checkAll(pool, 'applicationPools/add', unserved.pool);
  for (const site of configuration.section(sitesSection).entries()) checkAll(site, 'site', unserved.site);
  check(configuration.section(webLimitsSection), 'webLimits', unserved.limits);
  return [...found.values()];
}

const neutral: readonly unknown[] = [false, 0, '', 'NoAction', 'Terminate', 4_294_967_295, 2_147_483_647];

function isDefault(value: unknown): boolean {
  return neutral.includes(value);
}
