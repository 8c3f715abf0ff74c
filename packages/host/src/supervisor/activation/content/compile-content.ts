import { setImmediate } from 'node:timers/promises';
import {
  Evaluator,
  lookUpIn,
  readConfigurationFile,
  serverLevel,
  type SectionRegistry,
} from '@poolhouse/configuration';
import type { ModuleCompilers } from '../../../modules/registry.supervisor.ts';
import type { FileReader } from '../reading/file-reader.ts';
import type { CompiledSite, ContentRequest } from './content-reader.ts';
import { compileSite } from './compile-site.ts';

/**
 * Compiles the content of all sites of a request. This is the whole work of a content reader, in whatever
 * process it runs; files are its only input besides the request.
 */
export async function compileContent(
  request: ContentRequest,
  registry: SectionRegistry,
  compilers: ModuleCompilers,
  files: FileReader,
): Promise<readonly CompiledSite[]> {
  const includes = new Map(request.serverIncludes.map(([source, document]) => [source, { document }]));
  const file = readConfigurationFile(request.server, { level: '', depth: 0, registry, includes });
  const server = serverLevel(file);
  const evaluator = new Evaluator(lookUpIn(request.variables));
  const targets = new Map<string, string[]>();
  for (const { path } of file.locations) {
    const [site = '', ...below] = path.split('/');
    const list = targets.get(site.toLowerCase());
    if (below.length === 0) continue;
    if (list === undefined) targets.set(site.toLowerCase(), [`/${below.join('/')}`]);
    else list.push(`/${below.join('/')}`);
  }

  const compiled: CompiledSite[] = [];
  for (const site of request.sites) {
    const serverTargets = targets.get(site.name.toLowerCase()) ?? [];
    compiled.push(
      await compileSite(site, { server, serverTargets, evaluator, compilers, files, pathCase: request.pathCase }),
    );
    // Thousands of sites must not keep the process from its other work.
    await setImmediate();
  }
  return compiled;
}
