import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { namedFiles } from '../../supervisor/activation/reading/own-files.ts';
import { commandError } from '../command-error.ts';

/** Bytes together; ten thousand keys have about 10 MiB. */
const sizeLimit = 16 * 1024 * 1024;

export interface Documents {
  readonly documents: readonly { readonly name: string; readonly text: string }[];
  /** One of them is what `keys export` writes. */
  readonly needsPassphrase: boolean;
}

/**
 * Reads a file, or the key files of a folder; what they mean is the keeper's business. Whoever imports may read more than
 * he who made the folder: a link in it must not bring in a key of somebody else's.
 */
export async function readDocuments(path: string, workingDirectory: string): Promise<Documents> {
  const place = resolve(workingDirectory, path);
  const found = await stat(place).catch(() => undefined);
  if (found === undefined) throw commandError('file-not-found', `there is no file or folder ${place}`);
  await refuseForeignLink(place, found.uid);
  const paths = found.isDirectory() ? await keyFilesOf(place) : [place];
  const files = namedFiles();
  const documents: { name: string; text: string }[] = [];
  let size = 0;
  for (const each of paths) {
    const content = await files.read(each, found.isDirectory() ? place : undefined).catch((error: unknown) => {
      throw commandError('file-failed', error instanceof Error ? error.message : String(error));
    });
    size += content?.bytes.length ?? 0;
    if (size > sizeLimit) throw commandError('file-failed', `${place} holds more than ${sizeLimit} bytes`);
    documents.push({ name: basename(each), text: Buffer.from(content?.bytes ?? []).toString('utf8') });
  }
  return { documents, needsPassphrase: documents.some(({ text }) => text.trimStart().startsWith('{')) };
}

async function keyFilesOf(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.xml')).sort();
  if (names.length === 0) throw commandError('file-not-found', `${folder} has no *.xml file`);
  return names.map((name) => join(folder, name));
}

async function refuseForeignLink(place: string, target: number): Promise<void> {
  const link = await lstat(place);
  if (!link.isSymbolicLink() || [0, process.geteuid?.(), target].includes(link.uid)) return;
  const what = `${place} is a link of user ${link.uid} to what belongs to user ${target}`;
  throw commandError('file-failed', what, [['try', 'the path that it leads to']]);
}
