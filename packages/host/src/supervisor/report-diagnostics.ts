import type { Emit } from '../logging/index.ts';
import type { ConfigurationDiagnostic, Revision } from './activation/index.ts';

/** Says what is new in a revision: what an earlier one was told is not told again. */
export function reportDiagnostics(emit: Emit, revision: Revision, before?: Revision): void {
  const known = new Set(before?.diagnostics.map((diagnostic) => JSON.stringify(diagnostic)));
  for (const diagnostic of revision.diagnostics)
    if (!known.has(JSON.stringify(diagnostic))) reportDiagnostic(emit, diagnostic);
}

/** What has an event of its own has it because alert rules know its number. */
function reportDiagnostic(emit: Emit, diagnostic: ConfigurationDiagnostic): void {
  const { severity, code, section, file, line, column, message } = diagnostic;
  const fields = { file, line, column, detail: message };
  // Any other error of a pool keeps its revision from being used at all.
  if (severity === 'error' && section === 'system.applicationHost/applicationPools')
    return emit('config.pool.ignored', { ...fields, tooLong: code === 'tooLong' });
  if (code === 'moduleDisabled') return emit('config.module_disabled', fields);
  if (severity === 'error') return emit('config.invalid', fields);
  return emit(code === 'outOfRange' ? 'config.range' : 'config.warning', fields);
}
