import type { BuiltInContent, EffectiveConfiguration, SectionSchema } from '@poolhouse/configuration';
import { compileHosting, type HostingContext } from './asp-net-core/compile.ts';
import { httpPlatformSection } from './asp-net-core/http-platform-section.ts';
import { iisnodeSection } from './asp-net-core/iisnode-section.ts';
import { aspNetCoreSection } from './asp-net-core/section.ts';
import { aspNetCoreModuleSection } from './asp-net-core/switches-section.ts';
import { builtInContent } from './built-in-content.ts';
import { defaultDocumentSection } from './default-document/section.ts';
import { directoryBrowseSection } from './directory-browse/section.ts';
import { compileHandlers, compileOnlyProgram } from './handlers/compile.ts';
import { handlersSection } from './handlers/section.ts';
import { compileRequestFiltering } from './request-filtering/compile.ts';
import { requestFilteringSection } from './request-filtering/section.ts';
import type { CompiledHosting, ScopeContext } from './scope-context.ts';
import { staticContentSection } from './static-file/section.ts';

/** Turns the effective sections of a scope into settings of one module. */
export interface ModuleCompiler {
  /** As in `registry.gateway.ts`. */
  readonly id: string;
  /** Plain JSON; undefined when the module has nothing to do in the scope. */
  compile(configuration: EffectiveConfiguration, context: ScopeContext): unknown;
}

/** Sections that modules read. */
const sections: readonly SectionSchema[] = [
  requestFilteringSection,
  handlersSection,
  aspNetCoreSection,
  aspNetCoreModuleSection,
  httpPlatformSection,
  iisnodeSection,
  staticContentSection,
  defaultDocumentSection,
  directoryBrowseSection,
];

/** One line per module, in the order of the pipeline. The last one that has settings answers every request. */
const modules: readonly ModuleCompiler[] = [
  { id: 'request-filtering', compile: compileRequestFiltering },
  { id: 'asp-net-core', compile: compileOnlyProgram },
  { id: 'handlers', compile: compileHandlers },
];

/** What activation needs of the modules that ship. */
export interface ModuleCompilers {
  readonly sections: readonly SectionSchema[];
  /** What sections hold before any file, as on a fresh server: without it nothing maps requests to files. */
  readonly builtInContent: ReadonlyMap<string, BuiltInContent>;
  /**
   * The program of an application, from the configuration of its root; undefined when it has none.
   * `iisnodeOverrides`: text of the `iisnode.yml` in its folder, if there is one.
   */
  compileHosting(
    root: EffectiveConfiguration,
    report: HostingContext['report'],
    iisnodeOverrides?: string,
  ): CompiledHosting | undefined;
  readonly modules: readonly ModuleCompiler[];
}

export function createModuleCompilers(host: Omit<HostingContext, 'report' | 'iisnodeOverrides'>): ModuleCompilers {
  return {
    sections,
    builtInContent: builtInContent(),
    compileHosting: (root, report, iisnodeOverrides) => compileHosting(root, { ...host, report, iisnodeOverrides }),
    modules,
  };
}
