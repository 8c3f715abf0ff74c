import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import type { Logger } from '../logger.ts';
import { parsePolicy, type Policy } from './policy.ts';
import { DataProtectionPolicyError } from './policy-error.ts';

/** What stands for the registry key of Windows. */
export const policyPath = '/etc/poolhouse/data-protection.policy.json';

/** Bytes. */
const largest = 64 * 1024;

/**
 * Reads the machine's policy. Undefined when there is none, or it is not meant for this user.
 *
 * @throws DataProtectionPolicyError with all that is wrong
 */
export function readPolicyFile(path: string, logger: Logger): Policy | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      logger.warn(`The data protection policy ${path} cannot be read.`, error);
    return undefined;
  }
  try {
    const faults = faultsOfFile(fstatSync(file));
    if (faults.length > 0) throw new DataProtectionPolicyError(path, faults);
    const result = parsePolicy(readFileSync(file, 'utf8'));
    if ('faults' in result) throw new DataProtectionPolicyError(path, result.faults);
    return result.policy;
  } finally {
    closeSync(file);
  }
}

/** Whoever may write a policy decides over the keys of all applications. */
function faultsOfFile(stats: Stats): string[] {
  return [
    ...(stats.isFile() ? [] : ['it is not a file']),
    ...(stats.size <= largest ? [] : [`it is larger than ${largest} bytes`]),
    ...(stats.uid === 0 ? [] : [`it must belong to root, not to user ${stats.uid}`]),
    ...((stats.mode & 0o022) === 0 ? [] : ['it must not be writable by its group or by others (chmod 644)']),
  ];
}
