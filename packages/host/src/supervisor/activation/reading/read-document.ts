import { dirname } from 'node:path';
import {
  errorAt,
  parseXml,
  sourceProblem,
  sourcesOf,
  XmlError,
  type Diagnostic,
  type IncludedFile,
  type XmlDocument,
} from '@poolhouse/configuration';
import { FileProblem, type FileContent, type FileReader } from './file-reader.ts';

/** Parses a file, or says why it cannot be. */
export function parseContent(
  path: string,
  content: FileContent,
  level: string,
): { readonly document: XmlDocument } | { readonly fault: Diagnostic } {
  try {
    return { document: parseXml(content.bytes, path) };
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const { line, column, message } = error;
    const text = `Configuration file is not well-formed XML: ${message}`;
    return { fault: errorAt({ file: path, line, column }, 'malformed', text, { level }) };
  }
}

/** A file that exists and cannot be used, as a diagnostic. */
export function unreadable(problem: FileProblem, path: string, level: string): Diagnostic {
  const origin = { file: path, line: 1, column: 1 };
  return errorAt(origin, 'fileUnreadable', `Cannot read configuration file: ${problem.message}`, { level });
}

/** Most files that one file may include. */
const includeLimit = 100;

export interface Includes {
  readonly files: ReadonlyMap<string, IncludedFile>;
  /** Every included file that was looked for, and its stamp if it was there. */
  readonly read: readonly { readonly path: string; readonly stamp: string | undefined }[];
}

/** Reads the files that a document names with `configSource`: in its folder or below, links resolved. */
export async function readIncludes(document: XmlDocument, files: FileReader): Promise<Includes> {
  const included = new Map<string, IncludedFile>();
  const read: { path: string; stamp: string | undefined }[] = [];
  const folder = dirname(document.file);
  for (const source of sourcesOf(document)) {
    const problem =
      included.size < includeLimit
        ? sourceProblem(source)
        : `is one too many: a file may include ${includeLimit} others`;
    if (problem !== undefined) {
      included.set(source, { problem });
      continue;
    }
    const path = `${folder}/${source.replaceAll('\\', '/')}`;
    try {
      const content = await files.read(path, folder);
      read.push({ path, stamp: content?.stamp });
      included.set(
        source,
        content === undefined ? { problem: `names ${path}, which does not exist` } : parsed(path, content),
      );
    } catch (error) {
      if (!(error instanceof FileProblem)) throw error;
      included.set(source, { problem: `cannot be used: ${error.message}` });
    }
  }
  return { files: included, read };
}

function parsed(path: string, content: FileContent): IncludedFile {
  const result = parseContent(path, content, '');
  if ('document' in result) return result;
  const { line, column, message } = result.fault;
  return { problem: `cannot be used: ${path}:${line}:${column}: ${message}` };
}
