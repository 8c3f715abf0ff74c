import { availableParallelism, hostname } from 'node:os';
import type { PathMapping } from '@poolhouse/configuration';
import { createModuleCompilers } from '../../modules/registry.supervisor.ts';
import { inProcessReader } from './content/in-process-reader.ts';
import { processReader, type ReaderLink } from './content/process-reader.ts';
import { loadRevision, type LoadedRevision } from './load-revision.ts';
import { diskFiles } from './reading/disk-files.ts';
import { diskWatchSystem } from './watching/watch-system.ts';
import type { Revision } from './revision.ts';
import { sectionRegistry } from './sections/section-registry.ts';
import type { SiteDeclaration } from './sites/site-declaration.ts';

export interface LoaderOptions {
  /** `FileLocations`: the server's file and the folders that stand for those of Windows. */
  readonly locations: {
    readonly configuration: string;
    readonly state: string;
    readonly run: string;
    readonly log: string;
  };
  /** Folder of the installed package. */
  readonly installFolder: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Version of Poolhouse. */
  readonly version: string;
  /**
   * The supervisor is root and its pools are not: it reads nothing that others can have written. Content then
   * needs `startReader`, or must belong to root itself.
   */
  readonly onlyFilesOfRoot: boolean;
  /**
   * Starts `reader-main.js` with a control channel, under a user that is not root: it loads the content folders.
   * Default: this process does.
   */
  readonly startReader?: () => Promise<ReaderLink>;
  /** Drives and shares besides the standard ones: `['D:', '/srv']`. */
  readonly pathMappings?: readonly PathMapping[];
  /** Last word on the sites to serve and their bindings. */
  readonly narrow?: (sites: readonly SiteDeclaration[]) => readonly SiteDeclaration[];
}

/** Makes what the supervisor loads its configuration with; each call reads the files anew. */
export function createLoader(options: LoaderOptions): (previous: Revision | undefined) => Promise<LoadedRevision> {
  const { locations, environment, home, installFolder, version, narrow, pathMappings } = options;
  const processors = availableParallelism();
  const compilers = createModuleCompilers({ environment, processors, version });
  const registry = sectionRegistry(compilers);
  const files = diskFiles({ ownedByRoot: options.onlyFilesOfRoot });
  const content =
    options.startReader === undefined
      ? inProcessReader(registry, compilers, files)
      : processReader({
          start: options.startReader,
          host: { environment: moduleVariables(environment), processors, version },
          // Not the files of the server: others own these, and nothing of them is read.
          stamp: diskWatchSystem().stamp,
        });
  const folders = {
    configuration: locations.configuration.replace(/\/[^/]*$/, '') || '/',
    state: locations.state,
    run: locations.run,
    logs: locations.log,
    install: installFolder,
    home,
  };
  const host = { folders, environment, hostName: hostname(), processors };
  return (previous) =>
    loadRevision({
      ...{ configFile: locations.configuration, files, content, registry, previous, host },
      ...(pathMappings === undefined ? {} : { pathMappings }),
      ...(narrow === undefined ? {} : { narrow }),
    });
}

/** Variables that the ASP.NET Core Module reads from its own process; all others stay with the supervisor. */
function moduleVariables(environment: LoaderOptions['environment']): Readonly<Record<string, string>> {
  const names = /^(ANCM_|ASPNETCORE_|DOTNET_ENVIRONMENT$|NODE_ENV$)/;
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && names.test(name) ? [[name, value]] : [],
    ),
  );
}
