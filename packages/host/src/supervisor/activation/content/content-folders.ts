import type { FileReader } from '../reading/file-reader.ts';
import type { ConfigurationDiagnostic } from '../revision.ts';
import type { ApplicationDeclaration } from '../sites/site-declaration.ts';
import { findDeeperFolders, folderLimit } from './deeper-folders.ts';
import { covers, joinPaths, segmentsOf } from './url-paths.ts';

/** A folder whose web.config counts, and where it is in the site. */
export interface ContentFolder {
  /** `/`, `/api`, `/api/reports`. */
  readonly path: string;
  readonly folder: string;
}

/**
 * Folders whose web.config counts: roots of applications and virtual directories, and below them the folders
 * that have one. Shallow first; at one path the application before the virtual directory before the folder.
 */
export async function contentFolders(
  applications: readonly ApplicationDeclaration[],
  files: FileReader,
  report: (diagnostic: ConfigurationDiagnostic) => void,
): Promise<readonly ContentFolder[]> {
  const directories = applications
    .filter(({ readsContent }) => readsContent)
    .flatMap((application) =>
      application.virtualDirectories.map((directory) => ({
        ...directory,
        path: joinPaths(application.path, directory.path),
        rank: directory.path === '/' ? 0 : 1,
      })),
    );
  const folders = directories.map(({ path, physicalPath, rank }) => ({ path, folder: physicalPath, rank }));
  for (const { path, physicalPath, allowSubDirConfig, origin } of directories) {
    if (!allowSubDirConfig) continue;
    const below = await findDeeperFolders(files, physicalPath);
    const nested = directories.filter((other) => other.path.length > path.length && covers(path, other.path));
    for (const relative of below.paths) {
      const deeper = joinPaths(path, relative);
      // What another folder is mapped to, no request reaches in this one.
      if (nested.some((other) => covers(other.path, deeper))) continue;
      folders.push({ path: deeper, folder: physicalPath + relative, rank: 2 });
    }
    if (below.complete) continue;
    const message =
      `${physicalPath} has more than ${folderLimit} folders below it; a web.config beyond these is not read. ` +
      'Write its settings as a location of a file above, or set allowSubDirConfig="false".';
    report({ severity: 'warning', ...origin, message });
  }
  return folders.toSorted(
    (left, right) => segmentsOf(left.path).length - segmentsOf(right.path).length || left.rank - right.rank,
  );
}
