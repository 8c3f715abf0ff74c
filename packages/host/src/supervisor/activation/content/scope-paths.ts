import type { ApplicationDeclaration } from '../sites/site-declaration.ts';
import { covers, joinPaths } from './url-paths.ts';

/**
 * Paths of an application at which something of its own may hold: virtual directories, and what locations of
 * any file target. Deepest first, each once; the application's own path is the last.
 *
 * @param targets paths in the site that locations name
 */
export function scopePaths(
  application: Pick<ApplicationDeclaration, 'path' | 'virtualDirectories'>,
  applications: readonly Pick<ApplicationDeclaration, 'path'>[],
  targets: readonly string[],
): readonly string[] {
  const own = application.path;
  const nested = applications.filter(({ path }) => path.length > own.length && covers(own, path));
  const paths = new Map<string, string>();
  const directories = application.virtualDirectories.map(({ path }) => joinPaths(own, path));
  for (const path of [...directories, ...targets]) {
    const key = path.toLowerCase();
    if (key === own.toLowerCase() || paths.has(key) || !covers(own, path)) continue;
    if (nested.some((other) => covers(other.path, path))) continue;
    paths.set(key, path);
  }
  const deepestFirst = [...paths.values()].toSorted((left, right) => right.split('/').length - left.split('/').length);
  return [...deepestFirst, own];
}
