import type { ModulePlan, RequestFailure, ScopePlan } from '@poolhouse/contract';
import type { Evaluation, Evaluator, Level } from '@poolhouse/configuration';
import type { ModuleCompilers } from '../../../modules/registry.supervisor.ts';
import type { CompiledHosting } from '../../../modules/scope-context.ts';
import { configurationDiagnostic } from '../configuration-diagnostic.ts';
import type { FileReader } from '../reading/file-reader.ts';
import type { ConfigurationDiagnostic, ConfigurationFileStamp } from '../revision.ts';
import { webSocketSection } from '../sections/web-socket.ts';
import type { ApplicationDeclaration } from '../sites/site-declaration.ts';
import { readProtection } from './access-protection.ts';
import type { CompiledApplication, CompiledSite, ContentRequest, IgnoredSection } from './content-reader.ts';
import { InternedSettings } from './interned-settings.ts';
import { readApplicationFolder } from './application-folder.ts';
import { scopePaths } from './scope-paths.ts';
import { brokenConfiguration, isBroken, scopeFailure } from './scope-failure.ts';
import { readSiteLevels, type SiteLevels } from './site-levels.ts';
import { joinPaths } from './url-paths.ts';

export interface SiteCompilation {
  readonly server: Level;
  /** Paths that location elements of the server's file name in this site. */
  readonly serverTargets: readonly string[];
  readonly evaluator: Evaluator;
  readonly files: FileReader;
  readonly compilers: ModuleCompilers;
  readonly pathCase: ContentRequest['pathCase'];
}

/**
 * Compiles one site:
 *
 *   1. read the web.config files
 *   2. find the scopes of each application
 *   3. compile the application: its program, its sign-in, its offline page
 *   4. compile each scope: modules and their settings, or why it is broken
 */
export async function compileSite(
  site: ContentRequest['sites'][number],
  compilation: SiteCompilation,
): Promise<CompiledSite> {
  const { server, evaluator, files, serverTargets, compilers, pathCase } = compilation;
  const interned = new InternedSettings();
  const diagnostics = new Map<string, ConfigurationDiagnostic>();
  const ignored = new Map<string, IgnoredSection>();
  const stamps: ConfigurationFileStamp[] = [];
  const report = (diagnostic: ConfigurationDiagnostic): void => {
    const { file, line, column, message } = diagnostic;
    diagnostics.set(`${file}:${line}:${column}:${message}`, diagnostic);
  };

  // 1.
  const levels = await readSiteLevels(server, site, files, report);
  stamps.push(...levels.stamps);

  const applications: CompiledApplication[] = [];
  for (const application of site.applications) {
    // 2.
    const targets = application.readsContent ? [...serverTargets, ...contentTargets(levels)] : serverTargets;
    const found = scopePaths(application, site.applications, targets);
    const paths = found.length > scopeLimit ? [application.path] : found;

    // 3.
    const own = evaluator.evaluate(levels.level(application, application.path));
    const failed = isBroken(own) || application.problem !== undefined;
    const folder = await readApplicationFolder(application, levels.level(application, application.path).path, files);
    stamps.push(...folder.stamps);
    const hosting = failed ? undefined : compilers.compileHosting(own, report, folder.iisnodeOverrides);
    const { schemes } = readProtection(own);

    // 4.
    const scopes = paths.map((path): ScopePlan => {
      const evaluation = path === application.path ? own : evaluator.evaluate(levels.level(application, path));
      for (const diagnostic of evaluation.diagnostics) report(configurationDiagnostic(diagnostic));
      for (const section of evaluation.ignored)
        ignored.set(`${section.section} ${section.origin.file} ${section.origin.line}`, section);
      const broken =
        found.length > scopeLimit
          ? tooManyScopes(application, found.length, report)
          : scopeFailure(application, path, evaluation, levels, report);
      if (broken !== undefined) return { path, modules: [], broken };
      return { path, modules: compileModules(path, evaluation, hosting) };
    });
    applications.push({
      id: application.id,
      ...(hosting !== undefined && 'settings' in hosting ? { hosting: hosting.settings } : {}),
      authenticationSchemes: schemes,
      webSocketsEnabled: own.section(webSocketSection).get('enabled'),
      ...(folder.offlinePage === undefined ? {} : { offlinePage: folder.offlinePage }),
      scopes,
    });
  }

  function compileModules(path: string, evaluation: Evaluation, hosting: CompiledHosting | undefined): ModulePlan[] {
    const context = { path, maxUrlSegments: site.maxUrlSegments, pathCase, hosting, report };
    return compilers.modules.flatMap(({ id, compile }) => {
      const settings = compile(evaluation, context);
      return settings === undefined ? [] : [{ id, settings: interned.add(settings) }];
    });
  }

  return {
    id: site.id,
    applications,
    settings: interned.list,
    diagnostics: [...diagnostics.values()],
    ignored: [...ignored.values()],
    files: stamps,
  };
}

/** Most paths of one application that have settings of their own: each is compiled, and known to every gateway. */
const scopeLimit = 5_000;

function tooManyScopes(
  application: ApplicationDeclaration,
  found: number,
  report: (diagnostic: ConfigurationDiagnostic) => void,
): RequestFailure {
  const message =
    `The files of application "${application.id}" name ${found} paths with settings of their own; ${scopeLimit} are ` +
    'possible: remove location elements.';
  report({ severity: 'error', ...application.origin, message });
  return brokenConfiguration([message]);
}

/** Paths in the site at which a web.config stands, and that locations in one name. */
function contentTargets(levels: SiteLevels): readonly string[] {
  return levels.withFile.flatMap((level) => {
    const own = `/${level.path.split('/').slice(1).join('/')}`;
    const named = (level.file?.locations ?? []).filter(({ path }) => path !== '');
    return [own, ...named.map(({ path }) => joinPaths(own, `/${path}`))];
  });
}
