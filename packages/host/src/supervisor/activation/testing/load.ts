import { createModuleCompilers } from '../../../modules/registry.supervisor.ts';
import type { ContentReader } from '../content/content-reader.ts';
import { inProcessReader } from '../content/in-process-reader.ts';
import { loadRevision, type LoadedRevision } from '../load-revision.ts';
import type { Revision } from '../revision.ts';
import { sectionRegistry } from '../sections/section-registry.ts';
import { MemoryFiles, type MemoryTree } from './memory-files.ts';

export const configFile = '/etc/poolhouse/applicationHost.config';

const environment = { DATA: '/data' };
const compilers = createModuleCompilers({ environment, processors: 4, version: '1.0.0' });
const registry = sectionRegistry(compilers);

/** Loads files of a test with the real modules. */
export async function load(
  files: MemoryFiles | MemoryTree,
  previous?: Revision,
  content?: ContentReader,
): Promise<LoadedRevision> {
  const reader = files instanceof MemoryFiles ? files : new MemoryFiles(files);
  return loadRevision({
    ...{ configFile, files: reader, registry, previous },
    content: content ?? inProcessReader(registry, compilers, reader),
    host: {
      folders: {
        ...{ configuration: '/etc/poolhouse', state: '/var/lib/poolhouse', run: '/run/poolhouse' },
        ...{ logs: '/var/log/poolhouse', install: '/opt/poolhouse', home: '/root' },
      },
      ...{ environment, hostName: 'web1', processors: 4 },
    },
  });
}

/** The revision, or an error with every reason why there is none. */
export async function loadGood(
  files: MemoryFiles | MemoryTree,
  previous?: Revision,
  content?: ContentReader,
): Promise<Revision> {
  const loaded = await load(files, previous, content);
  if ('revision' in loaded) return loaded.revision;
  throw new Error(loaded.errors.map(({ line, message }) => `${line}: ${message}`).join('\n'));
}

export interface ServerSketch {
  /** Inside `applicationPools`; the pool `p` is always there. */
  readonly pools?: string;
  /** Inside `sites`. */
  readonly sites?: string;
  /** Inside `system.applicationHost`, after the sites. */
  readonly host?: string;
  /** After `system.applicationHost`. */
  readonly rest?: string;
}

/** An applicationHost.config with these parts. */
export function server({ pools = '', sites = '', host = '', rest = '' }: ServerSketch): string {
  return `<configuration><system.applicationHost>
<applicationPools><add name="p"/>${pools}</applicationPools>
<sites>${sites}</sites>${host}</system.applicationHost>${rest}</configuration>`;
}

/** A site `s` on port 80, with applications by path and their folders. */
export function site(applications: Readonly<Record<string, string>>, more = ''): string {
  const list = Object.entries(applications).map(
    ([path, folder]) =>
      `<application path="${path}" applicationPool="p"><virtualDirectory path="/" physicalPath="${folder}"/></application>`,
  );
  return `<site name="s" id="1"><bindings><binding protocol="http" bindingInformation="*:80:"/></bindings>${list.join('')}${more}</site>`;
}
