import type { ConfigurationFile } from '@poolhouse/configuration';
import type { IgnoredSection } from './content/content-reader.ts';
import type { ConfigurationDiagnostic } from './revision.ts';

/** A location whose first segment is no site is never selected: most likely the site was renamed. */
export function locationsOfNobody(
  file: ConfigurationFile,
  sites: readonly { readonly name: string }[],
): readonly ConfigurationDiagnostic[] {
  const names = new Set(sites.map(({ name }) => name.toLowerCase()));
  return file.locations
    .filter(({ path }) => path !== '' && !names.has((path.split('/')[0] as string).toLowerCase()))
    .map(({ path, origin }) => ({
      severity: 'warning',
      ...origin,
      message: `Location "${path}" names no site, so nothing in it applies; its first segment is the name of a site.`,
    }));
}

/** One warning for each file, however many sections of it nothing acts on. */
export function ignoredSections(ignored: readonly IgnoredSection[]): readonly ConfigurationDiagnostic[] {
  const byFile = new Map<string, Map<string, IgnoredSection>>();
  for (const one of ignored) {
    const sections = byFile.get(one.origin.file) ?? new Map<string, IgnoredSection>();
    byFile.set(one.origin.file, sections);
    if (!sections.has(`${one.section} ${one.origin.line}`)) sections.set(`${one.section} ${one.origin.line}`, one);
  }
  return [...byFile.values()].map((sections) => {
    const list = [...sections.values()].toSorted((left, right) => left.origin.line - right.origin.line);
    const names = list.map(({ section, origin }) => `${section} (line ${origin.line})`).join(', ');
    return {
      severity: 'warning',
      ...(list[0] as IgnoredSection).origin,
      message: `Poolhouse does not act on these sections yet; they are accepted and have no effect: ${names}.`,
      code: 'ignored',
    };
  });
}

/** Levels share files, and so what is wrong with them: each finding once. */
export function distinct(diagnostics: readonly ConfigurationDiagnostic[]): readonly ConfigurationDiagnostic[] {
  const seen = new Map<string, ConfigurationDiagnostic>();
  for (const diagnostic of diagnostics) {
    const { file, line, column, message } = diagnostic;
    const key = `${file}:${line}:${column}:${message}`;
    if (!seen.has(key)) seen.set(key, diagnostic);
  }
  return [...seen.values()];
}
