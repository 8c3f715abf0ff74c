import type { Diagnostic } from '@poolhouse/configuration';
import type { ConfigurationDiagnostic } from './revision.ts';

/** A finding of the configuration package as a revision carries it. */
export function configurationDiagnostic(diagnostic: Diagnostic): ConfigurationDiagnostic {
  const { severity, file, line, column, message, code, hresult, level, section } = diagnostic;
  return {
    severity,
    ...{ file, line, column, message, code, level },
    ...(hresult === undefined ? {} : { hresult }),
    ...(section === undefined ? {} : { section }),
  };
}
