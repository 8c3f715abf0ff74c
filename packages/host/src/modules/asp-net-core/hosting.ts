import type { EffectiveConfiguration } from '@poolhouse/configuration';
import type { HostingModule } from '../handlers/known-modules.ts';
import { mappedEntries } from '../handlers/mapped-entries.ts';
import type { CompiledHosting } from '../scope-context.ts';
import { hostingFromAspNetCore } from './asp-net-core-hosting.ts';
import type { HostingContext } from './hosting-context.ts';
import { nowhere } from './hosting-failure.ts';
import { hostingFromHttpPlatform } from './http-platform-hosting.ts';
import { httpPlatformSection } from './http-platform-section.ts';
import { hostingFromIisnode } from './iisnode-hosting.ts';
import { aspNetCoreSection } from './section.ts';

/**
 * Finds the program of an application, from the configuration of its root; undefined when it has none.
 *
 * The first handler that leads to a program decides which of the three spellings counts: `<aspNetCore>`,
 * `<httpPlatform>` or `<iisnode>`. Without such a handler (a deeper folder may have it) a section decides that a
 * file sets. What is wrong is reported, and becomes the answer to every request of the application.
 */
export function compileHosting(root: EffectiveConfiguration, context: HostingContext): CompiledHosting | undefined {
  const entry = mappedEntries(root).find(({ hosting }) => hosting !== undefined);
  const module = entry?.hosting ?? moduleOfSection(root);
  switch (module) {
    case undefined:
      return undefined;
    case 'AspNetCoreModuleV2':
    case 'AspNetCoreModule':
      return hostingFromAspNetCore(root, module, context);
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
