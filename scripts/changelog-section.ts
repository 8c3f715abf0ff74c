/** Kinds of changes, in the order in which the changelog shows them, with their headings. */
const kinds = {
  security: 'Security',
  added: 'Added',
  changed: 'Changed',
  removed: 'Removed',
  fixed: 'Fixed',
} as const;

export interface Change {
  readonly kind: keyof typeof kinds;
  readonly text: string;
}

/** Reads one fragment: `changes/<name>.<kind>.md`, whose text is what users read. */
export function parseFragment(fileName: string, text: string): Change | { readonly problem: string } {
  const kind = /^[a-z0-9-]+\.([a-z]+)\.md$/.exec(fileName)?.[1];
  if (kind === undefined || !isKind(kind)) {
    const names = Object.keys(kinds).join('|');
    return { problem: `changes/${fileName}: name it <what-changed>.<${names}>.md, in lower case with hyphens` };
  }
  if (text.trim() === '') return { problem: `changes/${fileName}: is empty; say what changes for users` };
  return { kind, text: text.trim() };
}

/** A section of the changelog; an empty one says so. */
export function formatSection(title: string, changes: readonly Change[]): string {
  const groups = Object.entries(kinds).flatMap(([kind, heading]) => {
    const items = changes.filter((change) => change.kind === kind);
    return items.length === 0 ? [] : [`### ${heading}\n\n${items.map(({ text }) => asItem(text)).join('\n')}\n`];
  });
  return `## ${title}\n\n${groups.length === 0 ? 'No change that users see.\n' : groups.join('\n')}`;
}

/** Puts a section above the newest one. */
export function insertSection(changelog: string, section: string): string {
  const newest = changelog.search(/^## /m);
  return newest === -1
    ? `${changelog.trimEnd()}\n\n${section}`
    : `${changelog.slice(0, newest)}${section}\n${changelog.slice(newest)}`;
}

/** Later lines are indented, so that examples stay part of the item. */
function asItem(text: string): string {
  return `- ${text.replace(/\n(?!\n)/g, '\n  ')}`;
}

function isKind(name: string): name is Change['kind'] {
  return Object.hasOwn(kinds, name);
}
