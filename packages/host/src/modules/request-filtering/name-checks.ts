import { createAllowTest } from './allow-list.ts';
import type { Check } from './denial.ts';
import { denial } from './denial.ts';
import { createNameSieve } from './name-sieve.ts';
import { extensionOf, namesOf } from './path-names.ts';
import type { RequestFilteringSettings } from './settings.ts';

const hiddenSegment = denial(404, 8);
const deniedExtension = denial(404, 7);

/**
 * Hidden segments, then extensions, in every segment: `/a.config/x` is `a.config` with path information to
 * a reader that looks for scripts. `allowUnlisted` of extensions speaks of the last segment only; `.` stands for a
 * name without extension.
 */
export function checkNames(settings: RequestFilteringSettings): Check | undefined {
  const hidden = new Set(settings.hiddenSegments);
  const extensionAllowed = createAllowTest(settings.fileExtensions);
  const denied = new Set(settings.fileExtensions.denied);
  if (hidden.size === 0 && extensionAllowed === undefined) return undefined;
  const mayHold = settings.fileExtensions.allowUnlisted
    ? createNameSieve(settings.hiddenSegments, settings.fileExtensions.denied)
    : () => true;
  return ({ route }) => {
    if (!mayHold(route.cookedPath)) return undefined;
    const names = namesOf(route.cookedPath);
    for (const name of names) if (hidden.has(name)) return hiddenSegment;
    if (extensionAllowed === undefined) return undefined;
    for (const name of names) if (denied.has(extensionOf(name))) return deniedExtension;
    const last = extensionOf(names.at(-1) ?? '');
    return extensionAllowed(last === '' ? '.' : last) ? undefined : deniedExtension;
  };
}
