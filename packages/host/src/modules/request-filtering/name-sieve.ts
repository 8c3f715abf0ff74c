/**
 * Passes most paths without taking them apart: true when a path may hold one of the names, as a segment or as
 * the extension of one. Looks at length and first letter of each only, so that "true" means "look closely".
 */
export function createNameSieve(names: readonly string[], extensions: readonly string[]): (path: string) => boolean {
  const nameKeys = new Set(names.map((name) => keyOf(name.length, name.charCodeAt(0))));
  const extensionKeys = new Set(extensions.map((extension) => keyOf(extension.length, extension.charCodeAt(1))));
  return (path) => {
    let start = 1;
    let lastDot = -1;
    for (let index = 1; index <= path.length; index += 1) {
      const code = index === path.length ? slash : path.charCodeAt(index);
      if (code === dot) {
        lastDot = index;
      } else if (code === slash) {
        if (index > start) {
          const last = path.charCodeAt(index - 1);
          // Windows does not see the end of `web.config.` and `web.config `.
          if (last === dot || last === space) return true;
          if (nameKeys.has(keyOf(index - start, path.charCodeAt(start)))) return true;
          if (lastDot !== -1 && extensionKeys.has(keyOf(index - lastDot, path.charCodeAt(lastDot + 1)))) return true;
        }
        start = index + 1;
        lastDot = -1;
      } else if (code === colon || code > 0x7f) {
        return true;
      }
    }
    return false;
  };
}

/** Letters of either case give the same key. */
function keyOf(length: number, code: number): number {
  return length * 256 + (code | 0x20);
}

const slash = 0x2f;
const dot = 0x2e;
const space = 0x20;
const colon = 0x3a;
