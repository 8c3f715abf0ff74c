import { printable } from '../logging/index.ts';
import type { ConfigurationDiagnostic } from '../supervisor/activation/revision.ts';

/** `file:line:column: severity: message`, one line each, in the order of files and lines. */
export function formatDiagnostics(diagnostics: readonly ConfigurationDiagnostic[]): string {
  return [...diagnostics]
    .sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column)
    .map(({ file, line, column, severity, message }) => printable(`${file}:${line}:${column}: ${severity}: ${message}`))
    .join('\n');
}
