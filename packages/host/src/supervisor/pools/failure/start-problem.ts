/** Why a process did not become ready, as the launcher and the kernel tell it. */
export interface StartProblem {
  /** Where it went wrong; the names of the module's start stages where it has one. */
  readonly stage:
    | 'configuration'
    | 'program'
    | 'runtime'
    | 'port'
    | 'identity'
    | 'launch'
    | 'exit'
    | 'time'
    | 'listen'
    | 'unsupported';
  /** One sentence for the operator. Never a secret: no environment value, no token. */
  readonly message: string;
  /** A second attempt would end the same way. */
  readonly critical: boolean;
  readonly code?: number;
  readonly signal?: string;
  /** First characters of what the process wrote. */
  readonly output?: string;
  /** The operator asked to see details in error pages (`ASPNETCORE_DETAILEDERRORS`, Development). */
  readonly detailed?: boolean;
}
