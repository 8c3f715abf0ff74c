import { FileProblem, type FileReader } from '../reading/file-reader.ts';
import type { ConfigurationFileStamp } from '../revision.ts';
import type { ApplicationDeclaration } from '../sites/site-declaration.ts';

/** What lies in the folder of an application beside its web.config and counts. */
export interface ApplicationFolder {
  /** Absolute path of `app_offline.htm`. */
  readonly offlinePage: string | undefined;
  /** Text of `iisnode.yml`. */
  readonly iisnodeOverrides: string | undefined;
  readonly stamps: readonly ConfigurationFileStamp[];
}

const offlineName = 'app_offline.htm';
const iisnodeName = 'iisnode.yml';

/**
 * Looks into the folder of an application. Names ignore case, the exact name first; `app_offline.htm` counts
 * when it is a regular file or a link to one.
 */
export async function readApplicationFolder(
  application: Pick<ApplicationDeclaration, 'virtualDirectories'>,
  level: string,
  files: FileReader,
): Promise<ApplicationFolder> {
  const folder = application.virtualDirectories[0]?.physicalPath;
  const stamps: ConfigurationFileStamp[] = [];
  let offlinePage: string | undefined;
  let iisnodeOverrides: string | undefined;
  if (folder === undefined) return { offlinePage, iisnodeOverrides, stamps };

  const names = ((await unlessRefused(() => files.list(folder))) ?? []).map(({ name }) => name);
  for (const name of spellingsOf(offlineName, names)) {
    const path = `${folder}/${name}`;
    const stamp = await unlessRefused(() => files.stamp(path));
    if (stamp === undefined) continue;
    offlinePage = path;
    stamps.push({ path, role: 'offline', level, stamp });
    break;
  }
  if (offlinePage === undefined)
    stamps.push({ path: `${folder}/${offlineName}`, role: 'offline', level, stamp: undefined });

  const [yaml] = spellingsOf(iisnodeName, names);
  const content = yaml === undefined ? undefined : await unlessRefused(() => files.read(`${folder}/${yaml}`, folder));
  if (content !== undefined) {
    iisnodeOverrides = new TextDecoder().decode(content.bytes);
    stamps.push({ path: `${folder}/${yaml}`, role: 'content', level, stamp: content.stamp });
  }
  return { offlinePage, iisnodeOverrides, stamps };
}

function spellingsOf(name: string, names: readonly string[]): readonly string[] {
  const found = names.filter((candidate) => candidate.toLowerCase() === name);
  return found.toSorted((left, right) => Number(right === name) - Number(left === name));
}

/** What may not be read is not there; that the folder may not be read, its web.config says. */
async function unlessRefused<Result>(action: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof FileProblem) return undefined;
    throw error;
  }
}
