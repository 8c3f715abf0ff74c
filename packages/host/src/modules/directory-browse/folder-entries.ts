import type { Dirent } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { foldPath } from '../../gateway/pipeline/fold-path.ts';
import { unservedSubStatus } from '../content/served-names.ts';
import type { DirectoryBrowseSettings } from './settings.ts';

/** One line of a listing. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
  /** Bytes; undefined for folders and links. */
  readonly size: number | undefined;
  /** Milliseconds since 1970. */
  readonly changed: number;
}

/** A listing shows at most this many names. */
export const maxListedEntries = 10_000;

/** Look-ups of details that run at a time. */
const parallelLooks = 16;

/**
 * What a listing of a folder shows, folders first, each part by name: files and folders that would be served,
 * nothing that is hidden or refused. Links are shown and not followed.
 */
export async function listEntries(folder: string, settings: DirectoryBrowseSettings): Promise<readonly FolderEntry[]> {
  const shown: Dirent[] = [];
  for await (const entry of await opendir(folder)) {
    if (!isShown(entry, settings)) continue;
    shown.push(entry);
    if (shown.length === maxListedEntries) break;
  }
  const entries: FolderEntry[] = [];
  for (let start = 0; start < shown.length; start += parallelLooks) {
    const slice = shown.slice(start, start + parallelLooks);
    entries.push(...(await Promise.all(slice.map((entry) => describe(folder, entry)))).flat());
  }
  return entries.sort(
    (left, right) => Number(right.isFolder) - Number(left.isFolder) || (left.name < right.name ? -1 : 1),
  );
}

function isShown(entry: Dirent, { hiddenNames, hiddenExtensions }: DirectoryBrowseSettings): boolean {
  const name = foldPath(entry.name);
  if (!entry.isFile() && !entry.isDirectory() && !entry.isSymbolicLink()) return false;
  if (unservedSubStatus([entry.name]) !== undefined || hiddenNames.includes(name)) return false;
  return entry.isDirectory() || !hiddenExtensions.some((extension) => name.endsWith(extension));
}

/** Empty when the entry has gone meanwhile. */
async function describe(folder: string, entry: Dirent): Promise<FolderEntry[]> {
  try {
    const { size, mtimeMs } = await lstat(join(folder, entry.name));
    const isFolder = entry.isDirectory();
    return [{ name: entry.name, isFolder, size: entry.isFile() ? size : undefined, changed: mtimeMs }];
  } catch {
    return [];
  }
}
