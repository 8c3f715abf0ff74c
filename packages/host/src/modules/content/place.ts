import type { ApplicationPlan } from '@poolhouse/contract';
import type { Route } from '../../gateway/pipeline/exchange.ts';
import { foldPath } from '../../gateway/pipeline/fold-path.ts';

/** Where in the file system a path of a site leads, before anything is looked at. */
export interface Place {
  /** Name of the site, for events. */
  readonly site: string;
  /** Physical path of the virtual directory: nothing outside of it is served. */
  readonly root: string;
  /** Names below the root; none is empty, `.`, `..` or holds a separator. */
  readonly names: readonly string[];
  /** The path ends in a slash. */
  readonly isFolder: boolean;
}

/**
 * The virtual directory with the longest path that covers the request (ignoring case) decides; undefined when
 * the application has none for it.
 */
export function placeOf(route: Route, cookedPath = route.cookedPath): Place | undefined {
  const names = cookedPath.split('/').filter((name) => name !== '');
  const inApplication = depthOf(route.application.path);
  let best = route.application.virtualDirectories.find((directory) => directory.path === '/');
  let depth = 0;
  for (const directory of route.application.virtualDirectories) {
    const candidate = depthOf(directory.path);
    if (candidate > depth && covers(directory, names.slice(inApplication, inApplication + candidate))) {
      best = directory;
      depth = candidate;
    }
  }
  if (best === undefined) return undefined;
  return {
    site: route.site.name,
    root: best.physicalPath,
    names: names.slice(inApplication + depth),
    isFolder: cookedPath.endsWith('/'),
  };
}

function covers(directory: ApplicationPlan['virtualDirectories'][number], names: readonly string[]): boolean {
  return foldPath(directory.path) === foldPath(`/${names.join('/')}`);
}

/** `/` has none, `/a/b` two. */
function depthOf(path: string): number {
  return path === '/' ? 0 : path.split('/').length - 1;
}
