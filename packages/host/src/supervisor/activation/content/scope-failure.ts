import type { RequestFailure } from '@poolhouse/contract';
import { formatOrigin, type Evaluation } from '@poolhouse/configuration';
import type { ConfigurationDiagnostic } from '../revision.ts';
import type { ApplicationDeclaration } from '../sites/site-declaration.ts';
import { readProtection } from './access-protection.ts';
import type { SiteLevels } from './site-levels.ts';
import { joinPaths } from './url-paths.ts';

/** An error in any file that reaches the level: its settings cannot be trusted. */
export function isBroken(evaluation: Evaluation): boolean {
  return evaluation.diagnostics.some(({ severity }) => severity === 'error');
}

/** Why no request of a scope can be served: of several reasons the one that has to be removed first. */
export function scopeFailure(
  application: ApplicationDeclaration,
  path: string,
  evaluation: Evaluation,
  levels: SiteLevels,
  report: (diagnostic: ConfigurationDiagnostic) => void,
): RequestFailure | undefined {
  const { problem } = application;
  if (problem?.kind === 'pool') {
    return {
      status: 503,
      subStatus: 0,
      title: 'The application pool of this application does not exist.',
      detail: problem.message,
      page: true,
    };
  }
  if (problem !== undefined) return brokenConfiguration([problem.message]);
  const missing = missingFolder(application, path, levels);
  if (missing !== undefined) {
    report(missing);
    return brokenConfiguration([missing.message]);
  }
  const errors = evaluation.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    return brokenConfiguration(
      errors.map(
        (error) =>
          `${formatOrigin(error)}: ${error.message}${error.hresult === undefined ? '' : ` (${error.hresult})`}`,
      ),
    );
  }
  const { refusal, diagnostic } = readProtection(evaluation);
  if (diagnostic !== undefined) report(diagnostic);
  return refusal;
}

function missingFolder(
  application: ApplicationDeclaration,
  path: string,
  levels: SiteLevels,
): ConfigurationDiagnostic | undefined {
  const directory = application.virtualDirectories.find((each) => joinPaths(application.path, each.path) === path);
  if (directory === undefined || !levels.missingFolders.has(directory.physicalPath)) return undefined;
  const message = `The folder ${directory.physicalPath} of "${path}" does not exist; create it, or correct physicalPath.`;
  return { severity: 'error', ...directory.origin, message, code: 'fileMissing', hresult: '0x80070003' };
}

/** Most reasons that an answer gives: it goes to every gateway, for each scope. */
const reasonLimit = 10;

export function brokenConfiguration(reasons: readonly string[]): RequestFailure {
  const more = reasons.length - reasonLimit;
  return {
    status: 500,
    subStatus: 19,
    title: 'The configuration of this path is invalid.',
    detail: [...reasons.slice(0, reasonLimit), ...(more > 0 ? [`… and ${more} more.`] : [])].join('\n'),
    page: true,
  };
}
