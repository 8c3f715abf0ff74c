import type { Origin } from '@poolhouse/configuration';
import type { HostingModule } from '../handlers/known-modules.ts';
import type { ConfigurationDiagnostic } from '../../supervisor/activation/revision.ts';
import type { ScopeContext, UnusableHosting } from '../scope-context.ts';

/** Where a file is to blame although it does not hold the attribute in question. */
export const nowhere: Origin = { file: '', line: 0, column: 0 };

export interface HostingFailureOptions {
  readonly module: HostingModule;
  readonly origin: Origin | undefined;
  /** Names files and values: shown where detailed errors are on, and reported as a diagnostic. */
  readonly detail: string;
  readonly detailedErrors: boolean;
  /** Default 0: a configuration load error. */
  readonly subStatus?: number;
  readonly title?: string;
  /** Default `error`. */
  readonly severity?: ConfigurationDiagnostic['severity'];
  /** Stable name of what is wrong. */
  readonly code?: string;
}

/** An application that cannot be started as it is configured: every request gets the failure. */
export function unusableHosting(
  { report }: Pick<ScopeContext, 'report'>,
  options: HostingFailureOptions,
): UnusableHosting {
  const { module, origin = nowhere, detail, detailedErrors, subStatus = 0, title = loadFailure } = options;
  const { severity = 'error', code } = options;
  report({ severity, ...origin, message: detail, ...(code === undefined ? {} : { code }) });
  return { module, failure: { status: 500, subStatus, title, detail, page: true }, detailedErrors };
}

const loadFailure = 'ASP.NET Core IIS hosting failure (in-process)';
