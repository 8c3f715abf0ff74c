import { workerSettingsVariable, type WorkerSettings } from '@poolhouse/contract/environment';
import { channelVersion } from '@poolhouse/contract/worker-messages';

/**
 * Reads what the supervisor wants of this process and deletes it, so that neither the application nor what it
 * starts finds it.
 *
 * @returns undefined in a process that is no worker: a fork or a thread of the application
 * @throws Error naming the field, when the text is not of this version's form
 */
export function takeSettings(environment: NodeJS.ProcessEnv): WorkerSettings | undefined {
  const text = environment[workerSettingsVariable];
  if (text === undefined) return undefined;
  delete environment[workerSettingsVariable];
  const value = parseObject(text);
  const version = value['version'];
  if (version !== channelVersion) {
    throw new Error(
      `the supervisor speaks version ${String(version)} of the control channel and this worker version ${channelVersion}; install poolhouse and @poolhouse/worker of one release`,
    );
  }
  const { exportedHandler } = value;
  if (exportedHandler !== undefined && typeof exportedHandler !== 'string') throw invalid('exportedHandler', 'a path');
  const { applicationPath } = value;
  if (typeof applicationPath !== 'string' || !applicationPath.startsWith('/'))
    throw invalid('applicationPath', 'a path');
  return {
    version,
    socket: integer(value, 'socket', 3, 65_535, 'an inherited descriptor'),
    port: integer(value, 'port', 1, 65_535, 'the number in PORT: a port from 1 to 65535, not a path'),
    applicationPath,
    ...(exportedHandler === undefined ? {} : { exportedHandler }),
  };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // The message below says it.
  }
  throw new Error(`${workerSettingsVariable} is not a JSON object; it is set by the supervisor only`);
}

function integer(value: Record<string, unknown>, name: string, least: number, most: number, meaning: string): number {
  const number = value[name];
  if (!Number.isInteger(number) || (number as number) < least || (number as number) > most)
    throw invalid(name, meaning);
  return number as number;
}

function invalid(name: string, meaning: string): Error {
  return new Error(`${workerSettingsVariable}: ${name} must be ${meaning}`);
}
