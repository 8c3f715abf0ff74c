import { opendir } from 'node:fs/promises';
import { foldPath } from '../../gateway/pipeline/fold-path.ts';
import { meaningOf } from './file-error.ts';

/** Names in one folder, for a look-up that ignores case. */
export interface FolderListing {
  /** The name as it is spelled in the folder; undefined when none fits or when several do. */
  find(name: string): string | undefined;
  /** Number of names. */
  readonly size: number;
}

/** Larger folders are not listed: names in them must be spelled exactly. */
export const maxListedNames = 10_000;

export async function listFolder(path: string): Promise<FolderListing> {
  const exact = new Set<string>();
  const folded = new Map<string, string | undefined>();
  try {
    for await (const entry of await opendir(path)) {
      if (exact.size === maxListedNames) return emptyListing;
      exact.add(entry.name);
      const key = foldPath(entry.name);
      folded.set(key, folded.has(key) ? undefined : entry.name);
    }
  } catch (error) {
    if (meaningOf(error) === 'failed') throw error;
    return emptyListing;
  }
  return { find: (name) => (exact.has(name) ? name : folded.get(foldPath(name))), size: exact.size };
}

const emptyListing: FolderListing = { find: () => undefined, size: 0 };
