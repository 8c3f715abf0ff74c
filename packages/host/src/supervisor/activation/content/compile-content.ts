import { setImmediate } from 'node:timers/promises';
import {
  Evaluator,
  lookUpIn,
  readConfigurationFile,
  serverLevel,
  type ConfigurationFile,
  type SectionRegistry,
} from '@poolhouse/configuration';
import type { ModuleCompilers } from '../../../modules/registry.supervisor.ts';
import type { FileReader } from '../reading/file-reader.ts';
import { compileSite } from './compile-site.ts';
import type { CompiledSite, ContentRequest } from './content-reader.ts';

/**
 * Makes what compiles the sites of a request, one at a time. This is the whole work of a content reader, in
 * whatever process it runs; files are its only input besides the request.
 */
export function contentCompiler(
  request: Omit<ContentRequest, 'sites'>,
  registry: SectionRegistry,
  compilers: ModuleCompilers,
  files: FileReader,
): (site: ContentRequest['sites'][number]) => Promise<CompiledSite> {
  const includes = new Map(request.serverIncludes.map(([source, document]) => [source, { document }]));
  const file = readConfigurationFile(request.server, { level: '', depth: 0, registry, includes });
  const server = serverLevel(file);
  const evaluator = new Evaluator(lookUpIn(request.variables));
  const targets = targetsBySite(file);
  const { pathCase } = request;
  return async (site) => {
    const serverTargets = targets.get(site.name.toLowerCase()) ?? [];
    const compiled = await compileSite(site, { server, serverTargets, evaluator, compilers, files, pathCase });
    // Thousands of sites must not keep the process from its other work.
    await setImmediate();
    return compiled;
  };
}

/** Paths below sites that locations of the server's file name, by site. */
function targetsBySite(file: ConfigurationFile): ReadonlyMap<string, readonly string[]> {
  const targets = new Map<string, string[]>();
  for (const { path } of file.locations) {
    const [site = '', ...below] = path.split('/');
    if (below.length === 0) continue;
    const list = targets.get(site.toLowerCase()) ?? [];
    targets.set(site.toLowerCase(), [...list, `/${below.join('/')}`]);
  }
  return targets;
}
