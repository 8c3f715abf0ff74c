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

/**
 * Settings of the program when every request of the scope goes to it: then it is the only handler, and nothing
 * is looked up per request. Undefined when the mapping has to decide.
 */
export function compileOnlyProgram(
  configuration: EffectiveConfiguration,
  context: ScopeContext,
): AspNetCoreSettings | undefined {
  const [first] = mappedEntries(configuration);
  if (first?.hosting === undefined || !takesEverything(first)) return undefined;
  const { handlers, refusal } = compileEntry(first, configuration, context);
  return handlers.length === 1 && refusal === undefined ? programOf(configuration, context) : undefined;
}

/** The mapping of a scope; undefined where `compileOnlyProgram` says it all. */
export function compileHandlers(
  configuration: EffectiveConfiguration,
  context: ScopeContext,
): HandlersSettings | undefined {
  if (compileOnlyProgram(configuration, context) !== undefined) return undefined;
  const entries = reachable(mappedEntries(configuration)).map((entry) => compileEntry(entry, configuration, context));
  const uses = new Set(entries.flatMap(({ handlers }) => handlers));
  const aspNetCore = uses.has('asp-net-core') ? programOf(configuration, context) : undefined;
  const defaultDocument = uses.has('default-document') ? compileDefaultDocument(configuration, context) : undefined;
  const directoryBrowse = uses.has('directory-browse') ? compileDirectoryBrowse(configuration) : undefined;
  const redirectFolders = defaultDocument !== undefined || directoryBrowse !== undefined;
  return {
    entries,
    pathCase: context.pathCase,
    ...(aspNetCore !== undefined && { aspNetCore }),
    ...(uses.has('static-file') && { staticFile: compileStaticFile(configuration, redirectFolders, context) }),
    ...(defaultDocument !== undefined && { defaultDocument }),
    ...(directoryBrowse !== undefined && { directoryBrowse }),
  };
}

function programOf(configuration: EffectiveConfiguration, { hosting }: ScopeContext): AspNetCoreSettings | undefined {
  const removeServerHeader = configuration.section(requestFilteringSection).get('removeServerHeader');
  return hosting && compileAspNetCore(hosting, removeServerHeader);
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
