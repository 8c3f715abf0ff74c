import { foldPath } from '../pipeline/fold-path.ts';

/**
 * Finds the longest of several paths that is a segment-wise prefix of another, ignoring case: `/shop`
 * covers `/Shop` and `/shop/x`, never `/shopping`. The cost grows with the depth of the longest path, not
 * with their number.
 */
export interface PathTable<Value> {
  find(path: string): Value | undefined;
}

/** Of equal paths the first counts, as in the list that they come from. */
export function createPathTable<Value>(entries: Iterable<readonly [path: string, value: Value]>): PathTable<Value> {
  const values = new Map<string, Value>();
  let depth = 0;
  for (const [path, value] of entries) {
    const key = foldPath(path);
    if (!values.has(key)) values.set(key, value);
    if (key !== '/') depth = Math.max(depth, key.split('/').length - 1);
  }
  const root = values.get('/');
  if (depth === 0) return { find: () => root };

  return {
    find(path) {
      const folded = foldPath(path);
      for (let end = endOfSegments(folded, depth); end > 0; end = folded.lastIndexOf('/', end - 1)) {
        const value = values.get(folded.slice(0, end));
        if (value !== undefined) return value;
      }
      return root;
    },
  };
}

/** Index after the last of at most `count` segments, without a trailing slash. */
function endOfSegments(path: string, count: number): number {
  let end = 0;
  for (let found = 0; found < count; found += 1) {
    const next = path.indexOf('/', end + 1);
    if (next === -1) return path.length;
    end = next;
  }
  return end;
}
