import { escapeHtml, htmlDocument } from '../error-pages/html.ts';
import type { FolderEntry } from './folder-entries.ts';
import type { DirectoryBrowseSettings } from './settings.ts';

/** Page for a folder; `path` is its decoded path with a slash at the end. Times are UTC. */
export function renderListing(
  path: string,
  entries: readonly FolderEntry[],
  settings: DirectoryBrowseSettings,
): string {
  const heading = `Index of ${path}`;
  const parent = path === '/' ? [] : ['<tr><td colspan="3"><a href="../">Parent folder</a></td></tr>'];
  const rows = [...parent, ...entries.map((entry) => row(entry, settings))];
  return htmlDocument(heading, `<h1>${escapeHtml(heading)}</h1>\n<table>\n${rows.join('\n')}\n</table>`);
}

function row(entry: FolderEntry, settings: DirectoryBrowseSettings): string {
  const slash = entry.isFolder ? '/' : '';
  // `./` keeps a name with a colon from being read as a scheme.
  const link = `./${encodeURIComponent(entry.name.toWellFormed())}${slash}`;
  const name = escapeHtml(settings.showExtension || entry.isFolder ? entry.name : withoutExtension(entry.name));
  const size = settings.showSize && entry.size !== undefined ? entry.size.toLocaleString('en') : '';
  const changed = escapeHtml(formatChanged(entry.changed, settings));
  return `<tr><td>${changed}</td><td align="right">${size}</td><td><a href="${link}">${name}${slash}</a></td></tr>`;
}

function formatChanged(ms: number, { showDate, showTime, longDate }: DirectoryBrowseSettings): string {
  const parts: Intl.DateTimeFormatOptions = { timeZone: 'UTC' };
  if (showDate || longDate) parts.dateStyle = longDate ? 'full' : 'medium';
  if (showTime) parts.timeStyle = 'short';
  return showDate || longDate || showTime ? new Intl.DateTimeFormat('en', parts).format(ms) : '';
}

function withoutExtension(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? name : name.slice(0, dot);
}
