import { levelBelow, type Level } from '@poolhouse/configuration';
import type { FileReader } from '../reading/file-reader.ts';
import type { ConfigurationDiagnostic, ConfigurationFileStamp } from '../revision.ts';
import type { ApplicationDeclaration, SiteDeclaration } from '../sites/site-declaration.ts';
import { contentFolders } from './content-folders.ts';
import { readLevelFile } from './read-level-file.ts';
import { segmentsOf } from './url-paths.ts';

export interface SiteLevels {
  /** Level of a path of an application: with the web.config files above it, or without any where its pool says so. */
  level(application: ApplicationDeclaration, path: string): Level;
  /** Levels that have a file. */
  readonly withFile: readonly Level[];
  readonly stamps: readonly ConfigurationFileStamp[];
  /** Folders of applications and virtual directories that do not exist. */
  readonly missingFolders: ReadonlySet<string>;
}

/** Reads the web.config files of a site, from its root down. */
export async function readSiteLevels(
  server: Level,
  site: Pick<SiteDeclaration, 'name' | 'applications'>,
  files: FileReader,
  report: (diagnostic: ConfigurationDiagnostic) => void,
): Promise<SiteLevels> {
  const roots = new Set(site.applications.map(({ path }) => path.toLowerCase()));
  const stamps: ConfigurationFileStamp[] = [];
  const withFile: Level[] = [];
  const missingFolders = new Set<string>();

  const tree = new Map<string, Level>();
  const plainTree = new Map<string, Level>();
  const shape = (path: string): { name: string; isApplicationRoot: boolean } => ({
    name: segmentsOf(path).at(-1) ?? site.name,
    isApplicationRoot: path === '/' || roots.has(path.toLowerCase()),
  });
  const levelIn = (levels: Map<string, Level>, path: string): Level => {
    const known = levels.get(path.toLowerCase());
    if (known !== undefined) return known;
    const made = levelBelow(path === '/' ? server : levelIn(levels, parentOf(path)), shape(path));
    levels.set(path.toLowerCase(), made);
    return made;
  };

  const { folders, without } = await contentFolders(site.applications, files, report);
  for (const { path, folder, searched, within } of folders) {
    // An application at the path of another's virtual directory comes first and owns it.
    if (tree.has(path.toLowerCase())) continue;
    const parent = path === '/' ? server : levelIn(tree, parentOf(path));
    const { name, isApplicationRoot } = shape(path);
    const below = { path: parent.depth === 0 ? name : `${parent.path}/${name}`, depth: parent.depth + 1 };
    const found = await readLevelFile(files, folder, { ...below, registry: parent.registry, within });
    stamps.push(...found.stamps.map((stamp) => withSearch(stamp, searched)));
    if (found.folderMissing) missingFolders.add(folder);
    const { file } = found;
    const level = levelBelow(parent, { name, isApplicationRoot, ...(file === undefined ? {} : { file }) });
    tree.set(path.toLowerCase(), level);
    if (file !== undefined) withFile.push(level);
  }
  for (const { path, folder, searched } of without) {
    const place = { path: `${folder}/web.config`, role: 'content', level: site.name + path, stamp: undefined } as const;
    stamps.push(withSearch(place, searched));
  }
  return {
    level: (application, path) => levelIn(application.readsContent ? tree : plainTree, path),
    withFile,
    stamps,
    missingFolders,
  };
}

function withSearch(
  stamp: ConfigurationFileStamp,
  searched: ConfigurationFileStamp['searched'],
): ConfigurationFileStamp {
  return searched === undefined || stamp.role !== 'content' ? stamp : { ...stamp, searched };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
