import type { EffectiveConfiguration } from '@poolhouse/configuration';
import { mappedEntries } from '../handlers/mapped-entries.ts';
import type { MappedEntry } from '../handlers/mapped-entries.ts';
import type { HostingModule } from '../handlers/known-modules.ts';
import type { CompiledHosting } from '../scope-context.ts';
import { hostingFromAspNetCore } from './asp-net-core-hosting.ts';
import type { HostingContext } from './hosting-context.ts';
import { nowhere } from './hosting-failure.ts';
import { hostingFromHttpPlatform } from './http-platform-hosting.ts';
import { httpPlatformSection } from './http-platform-section.ts';
import { hostingFromIisnode } from './iisnode-hosting.ts';
import { aspNetCoreSection } from './section.ts';

/** How the program of an application is started, and which handlers lead to it. */
export interface ApplicationHosting {
  readonly hosting: CompiledHosting;
  readonly module: HostingModule;
  /** The script of an iisnode application, as its handler names it; undefined for the others. */
  readonly script: string | undefined;
}

/**
 * Finds the program of an application, from the configuration of its root; undefined when it has none.
 *
 * The first handler that leads to a program decides which of the three spellings counts: `<aspNetCore>`,
 * `<httpPlatform>` or `<iisnode>`. Without such a handler (a deeper folder may have it) a section decides that a
 * file sets. What is wrong is reported, and becomes the answer to every request of the application.
 */
export function compileHosting(root: EffectiveConfiguration, context: HostingContext): ApplicationHosting | undefined {
  const entry = mappedEntries(root).find(({ hosting }) => hosting !== undefined);
  const module = entry?.hosting ?? moduleOfSection(root);
  if (module === undefined) return undefined;
  const script = module === 'iisnode' && entry !== undefined ? entry.path : undefined;
  return { hosting: hostingOf(module, entry, root, context), module, script };
}

function hostingOf(
  module: HostingModule,
  entry: MappedEntry | undefined,
  root: EffectiveConfiguration,
  context: HostingContext,
): CompiledHosting {
  switch (module) {
    case 'AspNetCoreModuleV2':
      return hostingFromAspNetCore(root, false, context);
    case 'AspNetCoreModule':
      return hostingFromAspNetCore(root, true, context);
    case 'httpPlatformHandler':
      return hostingFromHttpPlatform(root, context);
    case 'iisnode':
      return hostingFromIisnode(root, { path: entry?.path ?? '', origin: entry?.origin ?? nowhere }, context);
  }
}

/** `<iisnode>` alone names no script, so it hosts nothing. */
function moduleOfSection(root: EffectiveConfiguration): HostingModule | undefined {
  if (root.section(aspNetCoreSection).writtenAt !== undefined) return 'AspNetCoreModuleV2';
  return root.section(httpPlatformSection).writtenAt === undefined ? undefined : 'httpPlatformHandler';
}
