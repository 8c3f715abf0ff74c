import { FileProblem, type FileReader, type FolderEntry } from '../reading/file-reader.ts';

export interface DeeperFolders {
  /** Folders below that hold a web.config, relative: `/admin`, `/admin/reports`. Shallow first. */
  readonly paths: readonly string[];
  /** The other folders that were looked at. */
  readonly without: readonly string[];
  /** False when there are more folders, or deeper ones, than were looked at. */
  readonly complete: boolean;
}

/** Most folders looked at below one physical path; a content tree may have no end. */
export const folderLimit = 1_000;
/** Longest way down. */
export const depthLimit = 16;
/**
 * Folders of packages and version control: nobody writes a web.config for them, and they hold more folders than all
 * others. Other hidden folders count: `.well-known` often has one.
 */
const skipped = new Set(['node_modules', 'bower_components', '__pycache__', '.git', '.hg', '.svn']);

/** Whether a folder of this name, and what is below it, is looked at. */
export function isLookedThrough(name: string): boolean {
  return !skipped.has(name);
}

/** Looks for web.config files below a folder, the shallow folders first. Links are not followed. */
export async function findDeeperFolders(files: FileReader, root: string): Promise<DeeperFolders> {
  const paths: string[] = [];
  const without: string[] = [];
  let looked = 0;
  let level = [''];
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const path of level) {
      if (looked >= folderLimit || depth > depthLimit) return { paths, without, complete: false };
      looked += 1;
      const entries = await entriesOf(files, root + path);
      const found = entries.some(({ name }) => name.toLowerCase() === 'web.config');
      if (path !== '') (found ? paths : without).push(path);
      for (const { name, isFolder } of entries) {
        if (isFolder && isLookedThrough(name)) next.push(`${path}/${name}`);
      }
    }
    level = next;
  }
  return { paths, without, complete: true };
}

/** A folder that may not be listed has nothing that could be read, and nothing that could be served. */
async function entriesOf(files: FileReader, folder: string): Promise<readonly FolderEntry[]> {
  try {
    return (await files.list(folder)) ?? [];
  } catch (error) {
    if (error instanceof FileProblem) return [];
    throw error;
  }
}
