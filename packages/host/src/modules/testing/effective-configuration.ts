import {
  Evaluator,
  builtInRegistry,
  levelBelow,
  parseXml,
  readConfigurationFile,
  serverLevel,
} from '@poolhouse/configuration';
import type { Evaluation, XmlDocument } from '@poolhouse/configuration';
import type { ConfigurationDiagnostic } from '../../supervisor/activation/revision.ts';
import { createModuleCompilers } from '../registry.supervisor.ts';
import type { ModuleCompilers } from '../registry.supervisor.ts';
import type { ScopeContext } from '../scope-context.ts';

/** Files of a site, each as what stands in `<configuration>`. */
export interface ConfigurationTexts {
  /** applicationHost.config, after what is built in. */
  readonly server?: string;
  /** web.config of the site's root. */
  readonly site?: string;
  /** web.config of the application `/api` below it: then that level is evaluated. */
  readonly application?: string;
}

/** What holds at the root of the site `shop`, or of its application `/api`. Values of `%NAME%` come from `variables`, by upper-case name. */
export function effectiveConfiguration(
  texts: ConfigurationTexts,
  variables: Readonly<Record<string, string>> = {},
): Evaluation {
  const { sections, builtInContent } = compilers();
  const registry = builtInRegistry(sections, ['appSettings', 'system.web'], builtInContent);
  const server = readConfigurationFile(document('applicationHost.config', texts.server ?? ''), {
    level: '',
    depth: 0,
    registry,
  });
  const root = serverLevel(server);
  const file = readConfigurationFile(document('/srv/www/web.config', texts.site ?? ''), {
    level: 'shop',
    depth: 1,
    registry: root.registry,
  });
  const evaluator = new Evaluator((name) => variables[name.toUpperCase()]);
  const site = levelBelow(root, { name: 'shop', isApplicationRoot: true, file });
  if (texts.application === undefined) return evaluator.evaluate(site);
  const below = readConfigurationFile(document('/srv/api/web.config', texts.application), {
    level: 'shop/api',
    depth: 2,
    registry: site.registry,
  });
  return evaluator.evaluate(levelBelow(site, { name: 'api', isApplicationRoot: true, file: below }));
}

export function compilers(environment: Readonly<Record<string, string>> = {}): ModuleCompilers {
  return createModuleCompilers({ environment, processors: 4, version: '1.2.3' });
}

/** A context with the diagnostics that it was told. */
export function scopeContext(
  overrides: Partial<ScopeContext> = {},
): ScopeContext & { readonly reported: readonly ConfigurationDiagnostic[] } {
  const reported: ConfigurationDiagnostic[] = [];
  return {
    path: '/',
    maxUrlSegments: 32,
    pathCase: 'fallback',
    hosting: undefined,
    report: (diagnostic) => void reported.push(diagnostic),
    reported,
    ...overrides,
  };
}

function document(file: string, body: string): XmlDocument {
  return parseXml(new TextEncoder().encode(`<configuration>\n${body}\n</configuration>`), file);
}
