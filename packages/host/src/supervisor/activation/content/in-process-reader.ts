import type { SectionRegistry } from '@poolhouse/configuration';
import type { ModuleCompilers } from '../../../modules/registry.supervisor.ts';
import type { FileReader } from '../reading/file-reader.ts';
import { contentCompiler } from './compile-content.ts';
import type { CompiledSite, ContentReader } from './content-reader.ts';

/** Loads content in this process: where nobody is root, or where only root can have written the content. */
export function inProcessReader(
  registry: SectionRegistry,
  compilers: ModuleCompilers,
  files: FileReader,
): ContentReader {
  return {
    async read(request) {
      const compile = contentCompiler(request, registry, compilers, files);
      const compiled: CompiledSite[] = [];
      for (const site of request.sites) compiled.push(await compile(site));
      return compiled;
    },
  };
}
