import { open, readdir } from 'node:fs/promises';

/** What detection may know of a folder. */
export interface FolderFacts {
  /** Absolute path. */
  readonly path: string;
  readonly names: readonly string[];
  /** Text of a file in the folder, or below it; undefined when it is missing, unreadable or not small. */
  read(name: string): Promise<string | undefined>;
}

/** Files that are worth a look are small; a folder may hold anything. */
const readLimit = 1024 * 1024;

/** The folder on the disk. @throws NodeJS.ErrnoException when it cannot be listed */
export async function folderFacts(path: string): Promise<FolderFacts> {
  const names = (await readdir(path)).toSorted();
  return {
    path,
    names,
    async read(name) {
      try {
        await using handle = await open(`${path}/${name}`, 'r');
        const stat = await handle.stat();
        return stat.isFile() && stat.size <= readLimit ? await handle.readFile('utf8') : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
