import { chownSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileLocations } from './file-locations.ts';

/** File in a run folder with too long a path, which tells the folder that stands in for it. */
export const runFolderRecord = 'run-folder';

/**
 * Creates the state, run and log folders and makes sure that nobody else can replace what is in them. As root
 * they may be passed through (0711), because gateways and pools reach their own files below; otherwise they
 * are closed (0700).
 *
 * @throws Error with one sentence for people when a folder is not safe to use
 */
export function prepareFolders(locations: FileLocations, uid: number): void {
  const mode = uid === 0 ? 0o711 : 0o700;
  for (const folder of [locations.state, locations.run, locations.log]) makeOwnFolder(folder, mode, uid);
  if (locations.runAlias !== undefined) {
    makeOwnFolder(locations.runAlias, mode, uid);
    writeFileSync(join(locations.runAlias, runFolderRecord), `${locations.run}\n`, { mode: 0o644 });
  }
}

/** Creates `.poolhouse/` of a served folder, which keeps itself out of version control. */
export function prepareServedFolder(servedFolder: string, uid: number): void {
  const own = join(servedFolder, '.poolhouse');
  makeOwnFolder(own, uid === 0 ? 0o711 : 0o700, uid);
  writeFileSync(join(own, '.gitignore'), '*\n');
}

/**
 * Creates the folder of the gateways' error log, which they write themselves: it belongs to their user, where they have
 * one of their own.
 *
 * @throws Error with one sentence for people when something else is there
 */
export function prepareErrorLogFolder(
  path: string,
  owner: { readonly uid: number; readonly gid: number } | undefined,
): void {
  mkdirSync(path, { recursive: true, mode: 0o750 });
  if (!lstatSync(path).isDirectory()) throw new Error(`${path} must be a folder, and not a link to one`);
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
}

/** As root only root's own group may write there: members of another could plant files and links. */
function makeOwnFolder(path: string, mode: number, uid: number): void {
  mkdirSync(path, { recursive: true, mode });
  const stat = lstatSync(path);
  if (!stat.isDirectory()) throw new Error(`${path} must be a folder, and not a link to one`);
  if (stat.uid !== uid && stat.uid !== 0) {
    throw new Error(`${path} belongs to another user (uid ${stat.uid}); remove it or choose another folder`);
  }
  if (uid === 0 && (stat.mode & 0o020) !== 0 && stat.gid !== 0) {
    throw new Error(
      `${path} can be written by the group ${stat.gid}, whose members could plant files there; run: chmod g-w ${path}`,
    );
  }
  if ((stat.mode & 0o002) !== 0) {
    throw new Error(`${path} can be written by everyone, so anyone could plant files there; run: chmod o-w ${path}`);
  }
}
