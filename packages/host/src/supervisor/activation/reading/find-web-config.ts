import { FileProblem, type FileContent, type FileReader } from './file-reader.ts';

const exact = 'web.config';

export type FoundFile =
  | { readonly path: string; readonly content: FileContent }
  /** There is none; this is where it would be. */
  | { readonly path: string; readonly content: undefined; readonly folderMissing: boolean };

/**
 * The web.config of a folder: the exact name first, else one that differs in case only. Two that do are an
 * error that names both.
 *
 * @param within a folder that the file, links resolved, must not leave
 * @throws FileProblem
 */
export async function findWebConfig(files: FileReader, folder: string, within?: string): Promise<FoundFile> {
  const path = join(folder, exact);
  const entries = await files.list(folder);
  const candidates = (entries ?? []).map(({ name }) => name).filter((name) => name.toLowerCase() === exact);
  if (candidates.length > 1) {
    const list = candidates.toSorted().join(' and ');
    throw new FileProblem(`${folder} holds ${list}, which are one file on Windows: keep the one that is meant.`);
  }
  const [name] = candidates;
  const content = name === undefined ? undefined : await files.read(join(folder, name), within);
  // Gone between the two looks is the same as never there.
  if (name === undefined || content === undefined)
    return { path, content: undefined, folderMissing: entries === undefined };
  return { path: join(folder, name), content };
}

function join(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}
