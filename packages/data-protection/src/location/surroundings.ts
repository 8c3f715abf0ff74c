import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Environment } from './default-directory.ts';
import { policyPath } from './policy-file.ts';

/** What the machine and the host have to do with where keys are. */
export interface Surroundings {
  readonly environment: Environment;
  /** Of the account; empty when it has none. */
  readonly home: string;
  readonly policyPath: string;
  exists(path: string): boolean;
  /** Text of /proc/self/mounts; empty when there is none. */
  mounts(): string;
  /** Makes a directory of mode 0700 with its parents. @throws the system's error */
  makeDirectory(path: string): void;
}

export function systemSurroundings(): Surroundings {
  return {
    environment: process.env,
    home: homedirOr(''),
    policyPath,
    exists: existsSync,
    mounts: () => readOr('/proc/self/mounts', ''),
    makeDirectory: (path) => void mkdirSync(path, { recursive: true, mode: 0o700 }),
  };
}

/** Throws for an account that the system does not know. */
function homedirOr(absent: string): string {
  try {
    return homedir();
  } catch {
    return absent;
  }
}

function readOr(path: string, absent: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return absent;
  }
}
