import type { EffectiveConfiguration, SectionSchema } from '@poolhouse/configuration';
import { appSettingsSection } from './asp-net-core/app-settings-section.ts';
import { httpPlatformSection } from './asp-net-core/http-platform-section.ts';
import { iisnodeSection } from './asp-net-core/iisnode-section.ts';
import { aspNetCoreSection } from './asp-net-core/section.ts';
import { defaultDocumentSection } from './default-document/section.ts';
import { directoryBrowseSection } from './directory-browse/section.ts';
import { compileHandlers } from './handlers/compile.ts';
import { handlersSection } from './handlers/section.ts';
import { compileRequestFiltering } from './request-filtering/compile.ts';
import { requestFilteringSection } from './request-filtering/section.ts';
import type { ScopeContext } from './scope-context.ts';
import { staticContentSection } from './static-file/section.ts';

export { compileHosting } from './asp-net-core/compile.ts';
export type { ApplicationHosting, HostingContext } from './asp-net-core/compile.ts';
export type { CompiledHosting, HostedApplication, ScopeContext, UnusableHosting } from './scope-context.ts';

/** Sections that modules read, one line each. */
export const moduleSections: readonly SectionSchema[] = [
  requestFilteringSection,
  handlersSection,
  aspNetCoreSection,
  httpPlatformSection,
  iisnodeSection,
  appSettingsSection,
  staticContentSection,
  defaultDocumentSection,
  directoryBrowseSection,
];

/** A module of a scope with its settings, plain JSON; `ModulePlan` refers to the settings by index. */
export interface CompiledModule {
  /** As in `registry.gateway.ts`. */
  readonly id: string;
  readonly settings: unknown;
}

/**
 * The modules of a scope in pipeline order; one that has nothing to do there is left out. The last one answers
 * every request. What is odd goes to `context.report`.
 */
export function compileScope(configuration: EffectiveConfiguration, context: ScopeContext): readonly CompiledModule[] {
  return [
    { id: 'request-filtering', settings: compileRequestFiltering(configuration, context) },
    compileHandlers(configuration, context),
  ];
}
