/** A Windows folder, drive or share (`D:\data`, `D:`, `\\server\share`) and the folder that stands for it. */
export type PathMapping = readonly [windows: string, linux: string];

export type MappedPath = { readonly path: string } | { readonly problem: string };

/** Turns the text of a path attribute, `%NAME%` expanded, into an absolute Linux path. */
export type PathMap = (text: string, baseFolder: string) => MappedPath;

/**
 * One map for every spelling: case, kind of slash, doubled slashes and a `\\?\` prefix make no difference, and
 * the longest mapped folder wins. Later mappings override earlier ones of the same folder.
 */
export function createPathMap(mappings: readonly PathMapping[]): PathMap {
  const folders = new Map<string, string>();
  for (const [windows, linux] of mappings) {
    const absolute = parseAbsolute(withoutLongPrefix(windows));
    if (absolute === undefined) throw new TypeError(`"${windows}" is no absolute Windows path`);
    folders.set(keyOf(absolute.root, absolute.segments), linux);
  }

  return (text, baseFolder) => {
    if (text.includes('\0')) return { problem: 'a path cannot hold a NUL character' };
    const plain = withoutLongPrefix(text);
    if (plain.startsWith('/')) return { path: join('/', resolveSegments(plain)) };
    const absolute = parseAbsolute(plain);
    if (absolute === undefined) {
      if (/^[a-z]:/i.test(plain)) return { problem: `"${plain.slice(0, 2)}" needs a \\ after the drive` };
      return { path: join('/', resolveSegments(`${baseFolder}/${plain}`)) };
    }
    const { root, segments } = absolute;
    for (let length = segments.length; length >= 0; length -= 1) {
      const folder = folders.get(keyOf(root, segments.slice(0, length)));
      if (folder !== undefined) return { path: join(folder, segments.slice(length)) };
    }
    const kind = root.startsWith('\\\\') ? `the share ${root}` : `drive ${root.toUpperCase()}`;
    return { problem: `${kind} is not mapped to a folder of this machine` };
  };
}

interface AbsolutePath {
  /** `c:` or `\\server\share`, lower case. */
  readonly root: string;
  readonly segments: readonly string[];
}

function parseAbsolute(text: string): AbsolutePath | undefined {
  const share = /^[\\/]{2}([^\\/]+)[\\/]+([^\\/]+)(.*)$/s.exec(text);
  if (share !== null) {
    const [, server, name, rest] = share as unknown as [string, string, string, string];
    return { root: `\\\\${server}\\${name}`.toLowerCase(), segments: resolveSegments(rest) };
  }
  const drive = /^([a-z]:)(?:$|[\\/])(.*)$/is.exec(text);
  if (drive !== null)
    return { root: (drive[1] as string).toLowerCase(), segments: resolveSegments(drive[2] as string) };
  // `\folder` is on the current drive, which for a server is the system's.
  if (text.startsWith('\\')) return { root: 'c:', segments: resolveSegments(text) };
  return undefined;
}

/** `\\?\C:\x` → `C:\x`, `\\?\UNC\server\share` → `\\server\share`. */
function withoutLongPrefix(text: string): string {
  const match = /^[\\/]{2}[?.][\\/](UNC[\\/])?/i.exec(text);
  if (match === null) return text;
  return (match[1] === undefined ? '' : '\\\\') + text.slice(match[0].length);
}

/** Segments with `.` and `..` resolved; the root's parent is the root. */
function resolveSegments(text: string): string[] {
  const segments: string[] = [];
  for (const segment of text.split(/[\\/]+/)) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments;
}

function keyOf(root: string, segments: readonly string[]): string {
  return [root, ...segments].join('\\').toLowerCase();
}

function join(folder: string, segments: readonly string[]): string {
  const base = folder === '/' ? '' : folder;
  return segments.length === 0 ? folder : `${base}/${segments.join('/')}`;
}
