import { join } from 'node:path';
import {
  contentVariables,
  createPathMap,
  lookUpIn,
  serverVariables,
  standardPathMappings,
  type PathMapping,
  type SectionRegistry,
  type VariableSources,
} from '@poolhouse/configuration';
import { errorLogFolderName } from '../file-locations.ts';
import { gatewayLimits, poolPlan, sitePlan, siteSettings } from './build-plan.ts';
import { configurationDiagnostic } from './configuration-diagnostic.ts';
import type { CompiledSite, ContentReader } from './content/content-reader.ts';
import { distinct, ignoredSections, locationsOfNobody } from './findings.ts';
import { keepLastGood } from './last-good.ts';
import { compileKeyRings } from './pools/compile-key-rings.ts';
import { compilePools } from './pools/compile-pools.ts';
import type { FileReader } from './reading/file-reader.ts';
import type { ConfigurationDiagnostic, ConfigurationFileStamp, Revision } from './revision.ts';
import { readServerFile, type ServerFile } from './server-file.ts';
import { readSites } from './sites/read-sites.ts';
import type { SiteDeclaration } from './sites/site-declaration.ts';
import { readTrustedProxies } from './trusted-proxies.ts';
import { unservedSettings } from './unserved-settings.ts';

export interface LoadOptions {
  /** Absolute path of applicationHost.config. */
  readonly configFile: string;
  /** Reaches the server's own files. */
  readonly files: FileReader;
  /** Loads content folders, in this process or in another. */
  readonly content: ContentReader;
  readonly registry: SectionRegistry;
  /** The revision in force; levels that break keep what they have in it. */
  readonly previous: Revision | undefined;
  readonly host: VariableSources;
  /** Mappings of drives and shares besides the standard ones; they win. */
  readonly pathMappings?: readonly PathMapping[];
  readonly pathCase?: 'fallback' | 'sensitive';
  /** Last word on the sites to serve and their bindings: `poolhouse run` narrows both. */
  readonly narrow?: (sites: readonly SiteDeclaration[]) => readonly SiteDeclaration[];
}

export type LoadedRevision =
  | { readonly revision: Revision }
  | { readonly errors: readonly ConfigurationDiagnostic[]; readonly files: readonly ConfigurationFileStamp[] };

/**
 * Turns files into a revision:
 *
 *   1. read and evaluate the server's file: with an error in it there is no revision
 *   2. pools and sites, what is wrong with one leaving the others as they are
 *   3. the content of the sites
 *   4. levels that broke keep what they had
 *   5. the plan for the gateways
 */
export async function loadRevision(options: LoadOptions): Promise<LoadedRevision> {
  const { configFile, files, content, registry, previous, host, pathCase = 'fallback' } = options;
  const variables = serverVariables(host);
  const pathMappings = [...standardPathMappings(host.folders), ...(options.pathMappings ?? [])];

  // 1.
  const server = await readServerFile(configFile, files, registry, variables);
  if ('errors' in server) return { errors: server.errors.map(configurationDiagnostic), files: server.stamps };
  const trustedProxies = readTrustedProxies(server.evaluation);
  const keyRings = compileKeyRings(server.evaluation);
  const unusable = [...trustedProxies.errors, ...keyRings.errors];
  if (unusable.length > 0) return { errors: unusable, files: server.stamps };

  // 2.
  const {
    pools,
    diagnostics: poolFindings,
    withoutContentConfiguration,
  } = compilePools(server.evaluation, keyRings.ringOf);
  const declared = readSites(server.evaluation, {
    pools: new Map(pools.map(({ name }) => [name.toLowerCase(), name])),
    withoutContentConfiguration,
    pathMap: createPathMap(pathMappings),
    variables: lookUpIn(variables),
    baseFolder: server.folder,
  });
  const sites = options.narrow?.(declared.sites) ?? declared.sites;

  // 3.
  let loaded: readonly CompiledSite[];
  try {
    loaded = await content.read({
      server: withoutServerSections(server),
      serverIncludes: server.includes,
      sites: sites.map(({ bindings: _, ...site }) => site),
      variables: contentVariables(host),
      pathMappings,
      pathCase,
    });
  } catch (error) {
    const message = `The content of the sites could not be read: ${(error as Error).message}.`;
    return { errors: [{ severity: 'error', file: configFile, line: 1, column: 1, message }], files: server.stamps };
  }

  // 4.
  const { compiled, degraded, diagnostics: degradations } = keepLastGood(sites, loaded, previous);

  // 5.
  const contentOf = (index: number): CompiledSite => compiled[index] as CompiledSite;
  const revision: Revision = {
    number: (previous?.number ?? 0) + 1,
    pools,
    sites: sites.map((site, index) => siteSettings(site, contentOf(index))),
    plan: {
      sites: sites.map((site, index) => sitePlan(site, contentOf(index))),
      pools: pools.map(poolPlan),
      limits: gatewayLimits(server.evaluation, trustedProxies.entries, join(host.folders.logs, errorLogFolderName)),
    },
    diagnostics: distinct([
      ...server.findings.map(configurationDiagnostic),
      ...unservedSettings(server.evaluation),
      ...trustedProxies.warnings,
      ...locationsOfNobody(server.file, declared.sites),
      ...poolFindings,
      ...keyRings.ringsOfNobody(pools.map(({ name }) => name)),
      ...declared.diagnostics,
      ...compiled.flatMap(({ diagnostics }) => diagnostics),
      ...degradations,
      ...ignoredSections([...server.evaluation.ignored, ...compiled.flatMap(({ ignored }) => ignored)]),
    ]),
    files: [...server.stamps, ...compiled.flatMap(({ files }) => files)],
    degraded,
  };
  return { revision };
}

/** What content readers get of the server's file: nothing of pools and sites, which hold identities and secrets. */
function withoutServerSections({ document }: ServerFile): ServerFile['document'] {
  const { root, file } = document;
  const children = root.children.filter((child) => child.kind !== 'element' || child.name !== 'system.applicationHost');
  return { file, root: { ...root, children } };
}
