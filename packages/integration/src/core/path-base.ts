/** A request target, split where the application begins. */
export interface SplitTarget {
  /** The path base as the client wrote it; empty when the target is not below it. */
  readonly pathBase: string;
  /** What the application sees: at least `/`, query untouched. */
  readonly target: string;
}

export type SplitPathBase = (target: string) => SplitTarget;

/**
 * Makes the function that removes `pathBase` from the front of a target, at a segment boundary and ignoring
 * case, as ASP.NET Core's path base middleware does. `pathBase` is a decoded path; targets are raw.
 */
export function createPathBaseSplitter(pathBase: string): SplitPathBase {
  const expected = pathBase.toLowerCase();
  const segments = expected.split('/').length - 1;
  return (target) => {
    const end = expected === '' ? 0 : endOfBase(target, expected, segments);
    if (end === 0) return { pathBase: '', target };
    const rest = target.slice(end);
    return { pathBase: target.slice(0, end), target: rest.startsWith('/') ? rest : `/${rest}` };
  };
}

/** Index of the first character after the base, or 0. */
function endOfBase(target: string, expected: string, segments: number): number {
  const end = endOfSegments(target, segments);
  if (end === 0) return 0;
  const path = target.slice(0, end);
  return (path.includes('%') ? decoded(path) : path).toLowerCase() === expected ? end : 0;
}

/** Index where the path's first `count` segments end, or 0 when it has fewer. */
function endOfSegments(target: string, count: number): number {
  let seen = 0;
  let index = 0;
  for (; index < target.length; index++) {
    const character = target[index];
    if (character === '?') break;
    if (character === '/' && seen++ === count) return index;
  }
  return seen === count ? index : 0;
}

/** An encoded slash stays encoded: it separates nothing. */
function decoded(path: string): string {
  try {
    return path
      .split('/')
      .map((segment) => decodeURIComponent(segment.replace(/%2f/gi, '%252F')))
      .join('/');
  } catch {
    return path;
  }
}
