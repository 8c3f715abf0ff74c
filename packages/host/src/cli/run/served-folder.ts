import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  applicationHostText,
  detectFolder,
  folderFacts,
  FolderProblem,
  webConfigText,
} from '../../supervisor/activation/index.ts';
import type { FolderDecision, FolderFacts } from '../../supervisor/activation/index.ts';
import type { FileLocations } from '../../supervisor/file-locations.ts';
import { commandError } from '../command-error.ts';
import { systemCallError } from '../system-call-error.ts';

/**
 * Finds out what a folder holds.
 *
 * @throws CommandError `file-not-found` or `nothing-to-run`
 */
export async function decideFolder(folder: string): Promise<FolderDecision> {
  const facts = await factsOf(folder);
  if (facts.names.every((name) => name.startsWith('.'))) {
    throw commandError('nothing-to-run', `there is nothing to run in ${folder}: the folder is empty`, [
      ['try', 'poolhouse run FOLDER, with the folder of an app or a site'],
    ]);
  }
  try {
    return await detectFolder(facts);
  } catch (error) {
    if (!(error instanceof FolderProblem)) throw error;
    throw commandError('nothing-to-run', `${folder} cannot be run as it is: ${error.message}`, [['try', error.advice]]);
  }
}

/** Writes the server-level file that serves the folder; it is made anew each time. */
export function writeServedConfiguration(
  locations: FileLocations,
  decision: FolderDecision,
  site: { readonly folder: string; readonly addresses: readonly string[]; readonly port: number },
): void {
  writeFileSync(locations.configuration, applicationHostText(decision, site), { mode: 0o600 });
}

/**
 * Writes what was decided into the folder, so that IIS and `poolhouse start` do the same; never over a file.
 *
 * @returns what happened, in a sentence
 */
export function saveDecision(folder: string, decision: FolderDecision): string {
  const text = webConfigText(decision);
  const path = join(folder, 'web.config');
  if (text === undefined) return 'nothing to save: the folder needs no web.config, or has one';
  if (existsSync(path)) return `${path} is there already and stays as it is`;
  writeFileSync(path, text);
  return `wrote ${path}`;
}

async function factsOf(folder: string): Promise<FolderFacts> {
  try {
    return await folderFacts(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw commandError('file-not-found', `there is no folder ${folder}`);
    if (code === 'ENOTDIR') {
      throw commandError('file-not-found', `${folder} is not a folder`, [['try', `poolhouse run --config ${folder}`]]);
    }
    throw systemCallError(error) ?? error;
  }
}
