import { dirname } from 'node:path';
import {
  errorAt,
  Evaluator,
  lookUpIn,
  readConfigurationFile,
  serverLevel,
  type ConfigurationFile,
  type Diagnostic,
  type Evaluation,
  type SectionRegistry,
  type Variables,
  type XmlDocument,
} from '@poolhouse/configuration';
import { FileProblem, type FileReader } from './reading/file-reader.ts';
import { parseContent, readIncludes, unreadable } from './reading/read-document.ts';
import type { ConfigurationFileStamp } from './revision.ts';
import { applicationPoolsSection } from './sections/application-pools.ts';

/** applicationHost.config, read and evaluated for the server itself. */
export interface ServerFile {
  readonly document: XmlDocument;
  readonly includes: readonly (readonly [source: string, document: XmlDocument])[];
  readonly file: ConfigurationFile;
  readonly evaluation: Evaluation;
  /** What is wrong and does not stop the server. */
  readonly findings: readonly Diagnostic[];
  readonly folder: string;
}

export type ServerFileResult = (ServerFile | { readonly errors: readonly Diagnostic[] }) & {
  readonly stamps: readonly ConfigurationFileStamp[];
};

/** Reads the server's file; with an error in it, nothing of it can be used. */
export async function readServerFile(
  path: string,
  files: FileReader,
  registry: SectionRegistry,
  variables: Variables,
): Promise<ServerFileResult> {
  const stamps: ConfigurationFileStamp[] = [];
  const stamped = (stamp: string | undefined): void => void stamps.push({ path, role: 'server', level: '', stamp });
  let content;
  try {
    content = await files.read(path);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    stamped(undefined);
    return { errors: [unreadable(error, path, '')], stamps };
  }
  stamped(content?.stamp);
  if (content === undefined) {
    const message = `The server's configuration file ${path} does not exist: create it, or name another one with --config.`;
    return { errors: [errorAt({ file: path, line: 1, column: 1 }, 'fileMissing', message, { level: '' })], stamps };
  }
  const parsed = parseContent(path, content, '');
  if ('fault' in parsed) return { errors: [parsed.fault], stamps };
  const { document } = parsed;
  const includes = await readIncludes(document, files);
  for (const { path, stamp } of includes.read) stamps.push({ path, role: 'include', level: '', stamp });
  const file = readConfigurationFile(document, { level: '', depth: 0, registry, includes: includes.files });
  const evaluation = new Evaluator(lookUpIn(variables)).evaluate(serverLevel(file));
  const errors = evaluation.diagnostics.filter(
    (diagnostic) => diagnostic.severity === 'error' && !isPoolRange(diagnostic),
  );
  if (errors.length > 0) return { errors: evaluation.diagnostics.map(softened), stamps };
  return {
    document,
    includes: [...includes.files].flatMap(([source, file]) =>
      'document' in file ? [[source, file.document] as const] : [],
    ),
    file,
    evaluation,
    findings: evaluation.diagnostics.map(softened),
    folder: dirname(path),
    stamps,
  };
}

/** A value of a pool that is outside its range: the pool loads with the default, as on Windows. */
function isPoolRange({ code, section }: Diagnostic): boolean {
  return code === 'outOfRange' && section === applicationPoolsSection.path;
}

function softened(diagnostic: Diagnostic): Diagnostic {
  if (!isPoolRange(diagnostic)) return diagnostic;
  if (diagnostic.attribute === 'name') return { ...diagnostic, message: `${diagnostic.message} The pool is ignored.` };
  return { ...diagnostic, severity: 'warning', message: `${diagnostic.message} The default is used.` };
}
