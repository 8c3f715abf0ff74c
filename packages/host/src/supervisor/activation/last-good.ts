import type { ScopePlan, SitePlan } from '@poolhouse/contract';
import type { CompiledApplication, CompiledSite } from './content/content-reader.ts';
import { InternedSettings } from './content/interned-settings.ts';
import type { ApplicationSettings, ConfigurationDiagnostic, Revision } from './revision.ts';
import type { SiteDeclaration } from './sites/site-declaration.ts';

export interface KeptContent {
  readonly compiled: readonly CompiledSite[];
  /** Ids of applications that keep something of the previous revision. */
  readonly degraded: readonly string[];
  readonly diagnostics: readonly ConfigurationDiagnostic[];
}

/**
 * A web.config that breaks while its application runs does not take it down: scopes that were good in the
 * previous revision stay as they were there, until the file is repaired. What was never good stays broken.
 */
export function keepLastGood(
  sites: readonly Pick<SiteDeclaration, 'id' | 'applications'>[],
  compiled: readonly CompiledSite[],
  previous: Revision | undefined,
): KeptContent {
  const degraded: string[] = [];
  const diagnostics: ConfigurationDiagnostic[] = [];
  if (previous === undefined) return { compiled, degraded, diagnostics };
  const plans = new Map(previous.plan.sites.map((site) => [site.id, site]));
  const settings = new Map(previous.sites.flatMap((site) => site.applications.map((one) => [one.id, one] as const)));

  const kept = compiled.map((site, index) => {
    const plan = plans.get(site.id);
    const declarations = sites[index]?.applications ?? [];
    if (plan === undefined || !site.applications.some(({ scopes }) => scopes.some(isBrokenFile))) return site;
    const interned = new InternedSettings();
    for (const each of site.settings) interned.add(each);
    const applications = site.applications.map((application, place) => {
      const before = plan.applications.find(({ id }) => id === application.id);
      const ran = settings.get(application.id);
      const declaration = declarations[place];
      if (before === undefined || ran === undefined || declaration?.problem !== undefined) return application;
      const result = keepScopes(application, before.scopes, ran, (scope) => moved(scope, plan, interned));
      if (result !== application) {
        degraded.push(application.id);
        diagnostics.push({
          severity: 'warning',
          ...(declaration?.origin ?? { file: '', line: 1, column: 1 }),
          message: `Application "${application.id}" is served with the configuration of revision ${previous.number} or before, because its files are broken now; repair them.`,
          code: 'degraded',
        });
      }
      return result;
    });
    return { ...site, applications, settings: interned.list };
  });
  return { compiled: kept, degraded, diagnostics };
}

/** The application itself when nothing of it has to be kept. */
function keepScopes(
  application: CompiledApplication,
  before: readonly ScopePlan[],
  ran: ApplicationSettings,
  move: (scope: ScopePlan) => ScopePlan,
): CompiledApplication {
  const good = new Map(before.filter((scope) => scope.broken === undefined).map((scope) => [scope.path, scope]));
  const own = application.scopes.at(-1) as ScopePlan;
  const ownBefore = good.get(own.path);
  if (isBrokenFile(own) && ownBefore !== undefined) {
    // The file that names the deeper scopes is the broken one, so all of them are as before.
    const { hosting, authenticationSchemes, webSocketsEnabled } = ran;
    return {
      ...application,
      ...(hosting === undefined ? {} : { hosting }),
      authenticationSchemes,
      webSocketsEnabled,
      scopes: before.map((scope) => (scope.broken === undefined ? move(scope) : scope)),
    };
  }
  if (!application.scopes.some((scope) => isBrokenFile(scope) && good.has(scope.path))) return application;
  const scopes = application.scopes.map((scope) => {
    const kept = isBrokenFile(scope) ? good.get(scope.path) : undefined;
    return kept === undefined ? scope : move(kept);
  });
  return { ...application, scopes };
}

/** A refusal by an access rule is no accident: it holds at once. */
function isBrokenFile({ broken }: ScopePlan): boolean {
  return broken?.status === 500 && broken.subStatus === 19;
}

/** A scope of the previous plan, its settings among those of the new one. */
function moved(scope: ScopePlan, plan: SitePlan, interned: InternedSettings): ScopePlan {
  return {
    path: scope.path,
    modules: scope.modules.map(({ id, settings }) => ({ id, settings: interned.add(plan.settings[settings]) })),
  };
}
