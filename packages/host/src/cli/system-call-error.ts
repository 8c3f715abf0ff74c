import { getSystemErrorMessage } from 'node:util';
import { commandError } from './command-error.ts';
import type { CommandError } from './command-error.ts';

/**
 * What failed on a file or folder of this machine, for people: no right, no space, a name too long. That is no fault
 * of Poolhouse, so it needs no stack.
 *
 * @returns undefined when the error is of another kind
 */
export function systemCallError(error: unknown): CommandError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', errno, path, syscall } = error as NodeJS.ErrnoException;
  if (errno === undefined || path === undefined || syscall === undefined) return undefined;
  const message = `${path}: ${getSystemErrorMessage(errno)} (${syscall})`;
  if (!['EACCES', 'EPERM', 'EROFS'].includes(code)) return commandError('file-failed', message);
  return commandError('file-denied', message, [['try', 'a user who may do that there, or another file or folder']]);
}
