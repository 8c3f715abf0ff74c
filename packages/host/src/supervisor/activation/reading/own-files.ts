import { diskFiles } from './disk-files.ts';
import type { FileReader } from './file-reader.ts';

/** Files that the server's configuration names, for a process that is root: only root can have written them. */
export function serverFiles(): FileReader {
  return diskFiles({ ownedByRoot: true });
}

/** Files that the one who gives a command names: he may read what he may read. */
export function namedFiles(): FileReader {
  return diskFiles({ ownedByRoot: false });
}
