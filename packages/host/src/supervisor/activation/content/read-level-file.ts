import {
  readConfigurationFile,
  warningAt,
  type ConfigurationFile,
  type Diagnostic,
  type SectionRegistry,
} from '@poolhouse/configuration';
import { FileProblem, type FileReader } from '../reading/file-reader.ts';
import { findWebConfig } from '../reading/find-web-config.ts';
import { parseContent, readIncludes, unreadable } from '../reading/read-document.ts';
import type { ConfigurationFileStamp } from '../revision.ts';

/** Largest web.config of IIS where nobody has raised the limit (MaxWebConfigFileSizeInKB), bytes. */
const usualSize = 250 * 1024;

export interface LevelFile {
  /** Undefined when the folder has no web.config. One that cannot be read is a file with an error and nothing else. */
  readonly file?: ConfigurationFile;
  readonly stamps: readonly ConfigurationFileStamp[];
  /** The folder itself does not exist. */
  readonly folderMissing: boolean;
}

/** The web.config of a folder for a level, and what it includes. */
export async function readLevelFile(
  files: FileReader,
  folder: string,
  level: {
    readonly path: string;
    readonly depth: number;
    readonly registry: SectionRegistry;
    /** The mapped folder around `folder`, which its web.config must not leave through a link. */
    readonly within?: string | undefined;
  },
): Promise<LevelFile> {
  const stamps: ConfigurationFileStamp[] = [];
  const broken = (path: string, fault: Diagnostic): LevelFile => ({
    file: { path, registry: level.registry, body: new Map(), locations: [], diagnostics: [fault] },
    stamps,
    folderMissing: false,
  });
  try {
    const found = await findWebConfig(files, folder, level.within);
    stamps.push({ path: found.path, role: 'content', level: level.path, stamp: found.content?.stamp });
    if (found.content === undefined) return { stamps, folderMissing: found.folderMissing };
    const parsed = parseContent(found.path, found.content, level.path);
    if ('fault' in parsed) return broken(found.path, parsed.fault);
    const includes = await readIncludes(parsed.document, files);
    for (const { path, stamp } of includes.read) stamps.push({ path, role: 'include', level: level.path, stamp });
    const { depth, registry } = level;
    const context = { level: level.path, depth, registry, includes: includes.files };
    const file = readConfigurationFile(parsed.document, context);
    const advice = sizeAdvice(found.path, found.content.bytes.length, level.path);
    return { file: { ...file, diagnostics: [...file.diagnostics, ...advice] }, stamps, folderMissing: false };
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    const path = stamps[0]?.path ?? `${folder}/web.config`;
    if (stamps.length === 0) stamps.push({ path, role: 'content', level: level.path, stamp: undefined });
    return broken(path, unreadable(error, path, level.path));
  }
}

function sizeAdvice(file: string, bytes: number, level: string): readonly Diagnostic[] {
  if (bytes <= usualSize) return [];
  const message = `The file has ${bytes} bytes; IIS reads 250 KB unless told otherwise: move sections into files of their own (configSource).`;
  return [warningAt({ file, line: 1, column: 1 }, 'advice', message, { level })];
}
