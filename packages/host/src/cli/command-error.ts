import { printable } from '../logging/index.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitName } from './exit-codes.ts';

/**
 * Every way in which a command refuses by itself; what Poolhouse refuses comes with a code from
 * `management/problems.ts`. docs/reference/errors.md says how to solve each; a test compares it with both.
 */
export const commandErrors = {
  'unknown-command': { code: 'PH1100', exit: 'usage' },
  'unknown-option': { code: 'PH1103', exit: 'usage' },
  'wrong-arguments': { code: 'PH1104', exit: 'usage' },
  'wrong-value': { code: 'PH1105', exit: 'usage' },
  'not-confirmed': { code: 'PH1107', exit: 'usage' },
  'file-not-found': { code: 'PH1106', exit: 'not-found' },
  unreachable: { code: 'PH2101', exit: 'unreachable' },
  'already-running': { code: 'PH2102', exit: 'error' },
  'start-failed': { code: 'PH2103', exit: 'error' },
  'not-stopped-in-time': { code: 'PH2104', exit: 'timeout' },
  'process-one': { code: 'PH2105', exit: 'error' },
  'unexpected-answer': { code: 'PH2106', exit: 'error' },
  'key-ring-failed': { code: 'PH2107', exit: 'error' },
  'file-failed': { code: 'PH2108', exit: 'error' },
  'configuration-unusable': { code: 'PH3003', exit: 'unusable-configuration' },
  'site-not-found': { code: 'PH3004', exit: 'not-found' },
  'pool-not-found': { code: 'PH3006', exit: 'not-found' },
  'no-key-ring': { code: 'PH3007', exit: 'not-found' },
  'nothing-to-run': { code: 'PH3005', exit: 'invalid' },
  'port-unavailable': { code: 'PH4001', exit: 'port-unavailable' },
  'socket-denied': { code: 'PH5001', exit: 'denied' },
  'root-refused': { code: 'PH5002', exit: 'denied' },
  'folder-unsafe': { code: 'PH5003', exit: 'denied' },
  'file-denied': { code: 'PH5004', exit: 'denied' },
} as const satisfies Record<string, { readonly code: string; readonly exit: ExitName }>;

export type CommandErrorName = keyof typeof commandErrors;

/** Lines below the message: `because`, `did you mean`, `try` and the like, in the order in which they are shown. */
export type ErrorHints = readonly (readonly [label: string, text: string])[];

/** A failure that people can read: what failed and where, why, and what to try. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: string;
  readonly exit: number;
  readonly hints: ErrorHints;

  constructor(kind: { readonly code: string; readonly exit: number }, message: string, hints: ErrorHints = []) {
    super(message);
    this.code = kind.code;
    this.exit = kind.exit;
    this.hints = hints;
  }
}

/** Makes the error of a name in the table above. */
export function commandError(name: CommandErrorName, message: string, hints?: ErrorHints): CommandError {
  const { code, exit } = commandErrors[name];
  return new CommandError({ code, exit: exitCodes[exit].code }, message, hints);
}

/** `error PH1102: …`, then one indented line for each hint. */
export function formatError(error: CommandError, paintError: (text: string) => string): string {
  const [first = '', ...more] = error.message.split('\n').map(printable);
  const hints = error.hints.map(([label, text]) => `${label}: ${printable(text)}`);
  return [`${paintError(`error ${error.code}`)}: ${first}`, ...[...more, ...hints].map((line) => `  ${line}`)].join(
    '\n',
  );
}

/** The same for programs. */
export function errorAsJson(error: CommandError): Readonly<Record<string, unknown>> {
  const hints = error.hints.map(([label, text]) => ({ label, text }));
  return { code: error.code, exit: error.exit, detail: error.message, hints };
}
