import type { EffectiveConfiguration } from '@poolhouse/configuration';
import type { RequestFailure } from '@poolhouse/contract';
import { compileAspNetCore } from '../asp-net-core/compile.ts';
import type { AspNetCoreSettings } from '../asp-net-core/settings.ts';
import { compileDefaultDocument } from '../default-document/compile.ts';
import { compileDirectoryBrowse } from '../directory-browse/compile.ts';
import { requestFilteringSection } from '../request-filtering/section.ts';
import type { ScopeContext } from '../scope-context.ts';
import { compileStaticFile } from '../static-file/compile.ts';
import { accessRefusal } from './access.ts';
import { mappedEntries, takesEverything } from './mapped-entries.ts';
import type { MappedEntry } from './mapped-entries.ts';
import type { HandlerEntry, HandlersSettings } from './settings.ts';

/** What answers the requests of a scope: the program, when everything goes there, else the mapping. */
export type CompiledHandlers =
  | { readonly id: 'asp-net-core'; readonly settings: AspNetCoreSettings }
  | { readonly id: 'handlers'; readonly settings: HandlersSettings };

export function compileHandlers(configuration: EffectiveConfiguration, context: ScopeContext): CompiledHandlers {
  const entries = reachable(mappedEntries(configuration));
  const compiled = entries.map((entry) => compileEntry(entry, configuration, context));
  const { hosting } = context;
  const removeServerHeader = configuration.section(requestFilteringSection).get('removeServerHeader');
  const aspNetCore = hosting && compileAspNetCore(hosting, removeServerHeader);
  const [only] = compiled;
  const leadsToProgram = only?.handlers.length === 1 && only.handlers[0] === 'asp-net-core';
  if (entries.length === 1 && aspNetCore !== undefined && leadsToProgram && only.refusal === undefined) {
    return { id: 'asp-net-core', settings: aspNetCore };
  }

  const uses = new Set(compiled.flatMap(({ handlers }) => handlers));
  const defaultDocument = uses.has('default-document') ? compileDefaultDocument(configuration, context) : undefined;
  const directoryBrowse = uses.has('directory-browse') ? compileDirectoryBrowse(configuration) : undefined;
  const redirectFolders = defaultDocument !== undefined || directoryBrowse !== undefined;
  return {
    id: 'handlers',
    settings: {
      entries: compiled,
      pathCase: context.pathCase,
      ...(uses.has('asp-net-core') && aspNetCore !== undefined && { aspNetCore }),
      ...(uses.has('static-file') && { staticFile: compileStaticFile(configuration, redirectFolders, context) }),
      ...(defaultDocument !== undefined && { defaultDocument }),
      ...(directoryBrowse !== undefined && { directoryBrowse }),
    },
  };
}

/** Entries up to the first that takes everything. */
function reachable(entries: readonly MappedEntry[]): readonly MappedEntry[] {
  const last = entries.findIndex(takesEverything);
  return last === -1 ? entries : entries.slice(0, last + 1);
}

function compileEntry(entry: MappedEntry, configuration: EffectiveConfiguration, context: ScopeContext): HandlerEntry {
  const failure = missingModule(entry, context) ?? otherProgram(entry, context);
  const refusal = accessRefusal(configuration, entry.requireAccess);
  return {
    path: entry.path,
    resourceType: entry.resourceType,
    handlers: failure === undefined ? entry.handlers : [],
    ...(entry.verbs !== undefined && { verbs: entry.verbs }),
    ...(refusal !== undefined && { refusal }),
    ...(failure !== undefined && { failure }),
  };
}

/** 500.21, as on IIS for a handler whose module is not installed. */
function missingModule(entry: MappedEntry, context: ScopeContext): RequestFailure | undefined {
  if (entry.unknown.length === 0 && entry.handlers.length > 0) return undefined;
  const what =
    entry.managedType === ''
      ? `the module ${entry.unknown.join(', ') || '(none named)'}, which is not available`
      : `${entry.managedType} of the .NET Framework, which runs on Windows only`;
  const detail = `The handler "${entry.name}" (path="${entry.path}") needs ${what}.`;
  reportEntry(entry, `${detail} Its requests are answered with 500.21.`, context);
  return {
    status: 500,
    subStatus: 21,
    title: 'The handler of this path needs a module that is not available',
    detail,
    page: true,
  };
}

/** An application is one program: a handler that would start another one cannot. */
function otherProgram(entry: MappedEntry, context: ScopeContext): RequestFailure | undefined {
  if (entry.hosting === undefined) return undefined;
  const { hosting } = context;
  const isOther = hosting === undefined || hosting.module !== entry.hosting;
  const isOtherScript = entry.hosting === 'iisnode' && hosting?.script !== entry.path;
  if (!isOther && !isOtherScript) return undefined;
  const detail =
    hosting === undefined
      ? `The handler "${entry.name}" names ${entry.hosting}, and the root of the application has no section for it.`
      : `The handler "${entry.name}" (${entry.hosting}, path="${entry.path}") would start a second program: ` +
        'make its folder an application.';
  reportEntry(entry, detail, context);
  return { status: 500, subStatus: 0, title: 'Application hosting failure', detail, page: true };
}

/**
 * Said for content files only: the list of a server that was set up on Windows names modules of every feature
 * that was ever installed there.
 */
function reportEntry(entry: MappedEntry, message: string, { report }: ScopeContext): void {
  if (entry.origin !== undefined && /(?:^|[\\/])web\.config$/i.test(entry.origin.file)) {
    report({ severity: 'warning', ...entry.origin, message });
  }
}
