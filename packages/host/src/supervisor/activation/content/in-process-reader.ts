import type { SectionRegistry } from '@poolhouse/configuration';
import type { ModuleCompilers } from '../../../modules/registry.supervisor.ts';
import type { FileReader } from '../reading/file-reader.ts';
import { compileContent } from './compile-content.ts';
import type { ContentReader } from './content-reader.ts';

/** Loads content in this process: where nobody is root, or where only root can have written the content. */
export function inProcessReader(
  registry: SectionRegistry,
  compilers: ModuleCompilers,
  files: FileReader,
): ContentReader {
  return { read: (request) => compileContent(request, registry, compilers, files) };
}
