import type { EffectiveConfiguration, Origin } from '@poolhouse/configuration';
import type { ScopeContext } from '../scope-context.ts';
import { builtInMimeTypes } from './mime-types.ts';
import { staticContentSection } from './section.ts';
import type { ClientCacheSettings, StaticFileSettings } from './settings.ts';

/** `redirectFolders`: default documents or listings answer for folders. */
export function compileStaticFile(
  configuration: EffectiveConfiguration,
  redirectFolders: boolean,
  context: Pick<ScopeContext, 'pathCase' | 'report'>,
): StaticFileSettings {
  const section = configuration.section(staticContentSection);
  const types = new Map<string, string>();
  for (const entry of section.entries()) {
    const extension = entry.get('fileExtension').toLowerCase();
    const type = entry.get('mimeType');
    const origin = entry.writtenAt;
    if (!extension.startsWith('.')) {
      warn(context, origin, `mimeMap "${extension}" fits no file: write fileExtension=".${extension}".`);
    } else if (isFieldText(type)) {
      types.set(extension, type);
    } else {
      warn(context, origin, `mimeMap "${extension}" is left out: its type holds characters that no header may hold.`);
    }
  }
  if (section.get('enableDocFooter')) {
    warn(context, section.origin('enableDocFooter'), 'enableDocFooter has no effect: files are sent as they are.');
  }
  return {
    mimeTypes: differencesFrom(types),
    clientCache: clientCacheOf(section.element('clientCache'), context),
    redirectFolders,
    pathCase: context.pathCase,
  };
}

/** The gateway knows the built-in types: a plan that repeated them for every site would be many times larger. */
function differencesFrom(types: ReadonlyMap<string, string>): Record<string, string | null> {
  const differences: Record<string, string | null> = {};
  for (const [extension, type] of types) if (builtInMimeTypes.get(extension) !== type) differences[extension] = type;
  for (const extension of builtInMimeTypes.keys()) if (!types.has(extension)) differences[extension] = null;
  return differences;
}

type ClientCacheElement = ReturnType<typeof clientCacheElement>;
const clientCacheElement = (configuration: EffectiveConfiguration) =>
  configuration.section(staticContentSection).element('clientCache');

function clientCacheOf(element: ClientCacheElement, context: Pick<ScopeContext, 'report'>): ClientCacheSettings {
  const text = (name: 'httpExpires' | 'cacheControlCustom'): string => {
    const value = element.get(name);
    if (isFieldText(value)) return value;
    warn(context, element.origin(name), `${name} is left out: it holds characters that no header may hold.`);
    return '';
  };
  return {
    mode: element.get('cacheControlMode'),
    maxAgeSeconds: Math.floor(element.get('cacheControlMaxAge') / 1_000),
    expires: text('httpExpires'),
    custom: text('cacheControlCustom'),
    setEtag: element.get('setEtag'),
  };
}

/** A file can hold a line break (`&#10;`), which would begin another header. */
function isFieldText(text: string): boolean {
  return /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(text);
}

function warn({ report }: Pick<ScopeContext, 'report'>, origin: Origin | undefined, message: string): void {
  report({ severity: 'warning', ...(origin ?? { file: '', line: 0, column: 0 }), message });
}
