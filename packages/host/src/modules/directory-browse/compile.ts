import type { EffectiveConfiguration } from '@poolhouse/configuration';
import { requestFilteringSection } from '../request-filtering/section.ts';
import { directoryBrowseSection } from './section.ts';
import type { DirectoryBrowseSettings } from './settings.ts';

/** Undefined where listings are off, which is the default. */
export function compileDirectoryBrowse(configuration: EffectiveConfiguration): DirectoryBrowseSettings | undefined {
  const section = configuration.section(directoryBrowseSection);
  if (!section.get('enabled')) return undefined;
  const flags = new Set<string>(section.get('showFlags'));
  const filtering = configuration.section(requestFilteringSection);
  return {
    showDate: flags.has('Date'),
    showTime: flags.has('Time'),
    showSize: flags.has('Size'),
    showExtension: flags.has('Extension'),
    longDate: flags.has('LongDate'),
    hiddenNames: filtering
      .element('hiddenSegments')
      .entries()
      .map((entry) => entry.get('segment').normalize('NFC').toLowerCase()),
    hiddenExtensions: filtering
      .element('fileExtensions')
      .entries()
      .filter((entry) => !entry.get('allowed'))
      .map((entry) => entry.get('fileExtension').normalize('NFC').toLowerCase()),
  };
}
