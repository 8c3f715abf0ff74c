import type { EffectiveConfiguration } from '@poolhouse/configuration';
import type { ScopeContext } from '../scope-context.ts';
import { defaultDocumentSection } from './section.ts';
import type { DefaultDocumentSettings } from './settings.ts';

/** Undefined where default documents are off, or none is listed. */
export function compileDefaultDocument(
  configuration: EffectiveConfiguration,
  { pathCase }: Pick<ScopeContext, 'pathCase'>,
): DefaultDocumentSettings | undefined {
  const section = configuration.section(defaultDocumentSection);
  if (!section.get('enabled')) return undefined;
  const files = section
    .element('files')
    .entries()
    .map((entry) => entry.get('value').replaceAll('\\', '/'))
    .filter((file) => file !== '' && !file.split('/').includes('..'));
  return files.length === 0 ? undefined : { files, pathCase };
}
