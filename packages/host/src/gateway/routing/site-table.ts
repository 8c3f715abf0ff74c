import type { ApplicationPlan, ScopePlan, SitePlan } from '@poolhouse/contract';
import { createPathTable } from './path-table.ts';
import type { PathTable } from './path-table.ts';

/** What a path of a site leads to. */
export interface SiteTarget {
  readonly application: ApplicationPlan;
  readonly scope: ScopePlan;
}

export interface SiteTable {
  readonly site: SitePlan;
  /** Application with the longest matching path, and its deepest scope there; undefined without an application. */
  find(cookedPath: string): SiteTarget | undefined;
}

/**
 * Application first, then the scope inside it. Built when the first request of the site comes, so that a
 * plan of ten thousand sites is taken over in the time of its bindings.
 */
export function createSiteTable(site: SitePlan): SiteTable {
  let applications: PathTable<PathTable<SiteTarget>> | undefined;
  return {
    site,
    find(cookedPath) {
      applications ??= createPathTable(
        site.applications.map((application) => [application.path, createScopeTable(application)] as const),
      );
      return applications.find(cookedPath)?.find(cookedPath);
    },
  };
}

/** The last scope is the application's own: it takes what no deeper one does. */
function createScopeTable(application: ApplicationPlan): PathTable<SiteTarget> {
  const targets = application.scopes.map((scope) => [scope.path, Object.freeze({ application, scope })] as const);
  const own = targets.at(-1);
  return createPathTable(own === undefined ? targets : [...targets, ['/', own[1]] as const]);
}
