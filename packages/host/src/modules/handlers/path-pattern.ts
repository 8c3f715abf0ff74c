import { foldPath } from '../../gateway/pipeline/fold-path.ts';

/** Tells whether a path, as names that `foldPath` made, belongs to a handler. */
export type PathPattern = (names: readonly string[]) => boolean;

/**
 * Reads the `path` of a handler; case does not matter.
 *
 * `*` is everything, `*.` a path whose last name has no extension. A pattern of one name fits any name of the
 * path, the rest is path information (`/index.php/news`); one of several names fits such a row of names
 * anywhere, or at the beginning when it starts with a slash. `*` and `?` stay within a name.
 */
export function createPathPattern(pattern: string): PathPattern {
  const lower = foldPath(pattern);
  if (lower === '*') return () => true;
  if (lower === '*.') return (names) => !(names.at(-1) ?? '').includes('.');
  const isAnchored = lower.startsWith('/');
  const tests = lower
    .split('/')
    .filter((name) => name !== '')
    .map(createNameTest);
  const [first] = tests;
  if (first === undefined) return (names) => names.length === 0;
  if (tests.length === 1 && !isAnchored) return (names) => names.some(first);
  return (names) => {
    const lastStart = isAnchored ? 0 : names.length - tests.length;
    for (let start = 0; start <= lastStart; start += 1) {
      if (start + tests.length <= names.length && tests.every((test, index) => test(names[start + index] as string))) {
        return true;
      }
    }
    return false;
  };
}

function createNameTest(pattern: string): (name: string) => boolean {
  if (!/[*?]/.test(pattern)) return (name) => name === pattern;
  if (/^\*[^*?]*$/.test(pattern)) return (name) => name.endsWith(pattern.slice(1));
  return (name) => fits(pattern, name);
}

/** Wildcards without recursion: after a mismatch only the last `*` takes one character more. */
function fits(pattern: string, name: string): boolean {
  let inPattern = 0;
  let inName = 0;
  let star = -1;
  let resume = 0;
  while (inName < name.length) {
    const wanted = pattern[inPattern];
    if (wanted === '*') {
      star = inPattern;
      resume = inName;
      inPattern += 1;
    } else if (wanted === '?' || wanted === name[inName]) {
      inPattern += 1;
      inName += 1;
    } else if (star !== -1) {
      inPattern = star + 1;
      resume += 1;
      inName = resume;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern += 1;
  return inPattern === pattern.length;
}
