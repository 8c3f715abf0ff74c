import type { FileReader } from '../reading/file-reader.ts';
import type { ConfigurationDiagnostic, ConfigurationFileStamp } from '../revision.ts';
import type { ApplicationDeclaration } from '../sites/site-declaration.ts';
import { depthLimit, findDeeperFolders, folderLimit } from './deeper-folders.ts';
import { covers, joinPaths, segmentsOf } from './url-paths.ts';

/** A folder whose web.config counts, and where it is in the site. */
export interface ContentFolder {
  /** `/`, `/api`, `/api/reports`. */
  readonly path: string;
  readonly folder: string;
  /** Set when every folder below was looked at, so that one that comes can count. */
  readonly searched: ConfigurationFileStamp['searched'];
  /** The mapped folder around one that is not mapped itself. */
  readonly within?: string;
}

export interface ContentFolders {
  /** Folders whose web.config counts, shallow first. */
  readonly folders: readonly ContentFolder[];
  /** Folders below them that have none. */
  readonly without: readonly ContentFolder[];
}

/**
 * Folders whose web.config counts: roots of applications and virtual directories, and below them the folders
 * that have one. At one path the application comes before the virtual directory before the folder.
 */
export async function contentFolders(
  applications: readonly ApplicationDeclaration[],
  files: FileReader,
  report: (diagnostic: ConfigurationDiagnostic) => void,
): Promise<ContentFolders> {
  const directories = applications
    .filter(({ readsContent }) => readsContent)
    .flatMap((application) =>
      application.virtualDirectories.map((directory) => ({
        ...directory,
        path: joinPaths(application.path, directory.path),
        rank: directory.path === '/' ? 0 : 1,
      })),
    );
  const folders: (ContentFolder & { readonly rank: number })[] = [];
  const without: ContentFolder[] = [];
  for (const { path, physicalPath, allowSubDirConfig, origin, rank } of directories) {
    if (!allowSubDirConfig) {
      folders.push({ path, folder: physicalPath, searched: undefined, rank });
      continue;
    }
    const below = await findDeeperFolders(files, physicalPath);
    const nested = directories.filter((other) => other.path.length > path.length && covers(path, other.path));
    const searched = below.complete ? ('below' as const) : undefined;
    // What another folder is mapped to, no request reaches in this one.
    const foldersAt = (relatives: readonly string[]): ContentFolder[] =>
      relatives
        .map((relative) => ({
          path: joinPaths(path, relative),
          folder: physicalPath + relative,
          searched,
          within: physicalPath,
        }))
        .filter((folder) => !nested.some((other) => covers(other.path, folder.path)));
    folders.push({ path, folder: physicalPath, searched: below.complete ? 'mapped' : undefined, rank });
    folders.push(...foldersAt(below.paths).map((folder) => ({ ...folder, rank: 2 })));
    without.push(...foldersAt(below.without));
    if (below.complete) continue;
    const message =
      `${physicalPath} has more than ${folderLimit} folders, or more than ${depthLimit} levels of them, below it; a ` +
      'web.config beyond these is not read. Write its settings as a location of a file above, or set ' +
      'allowSubDirConfig="false".';
    report({ severity: 'warning', ...origin, message });
  }
  const shallowFirst = folders.toSorted(
    (left, right) => segmentsOf(left.path).length - segmentsOf(right.path).length || left.rank - right.rank,
  );
  return { folders: shallowFirst, without };
}
