import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Major versions of Node.js that a worker supports; the suite runs on each. */
export const supportedVersions = ['20', '22', '24', '26'] as const;

export interface NodeUnderTest {
  readonly major: string;
  /** Absolute path of the program, or why there is none. */
  readonly program: string | undefined;
  readonly problem: string;
}

/** The supported versions, from the npm packages that hold Node.js, installed once below the temporary folder. */
export function nodesUnderTest(): NodeUnderTest[] {
  return supportedVersions.map((major) => {
    try {
      return { major, program: install(major), problem: '' };
    } catch (error) {
      return { major, program: undefined, problem: `cannot be installed: ${(error as Error).message}` };
    }
  });
}

/** Test files run at once: each installs into a folder of its own, and the first one to be done gives it the name. */
function install(major: string): string {
  const name = `node-linux-${process.arch}`;
  const folder = join(ownFolder(join(tmpdir(), `poolhouse-node-${process.getuid?.()}`)), major);
  const program = join(folder, 'node_modules', name, 'bin', 'node');
  if (existsSync(program)) return program;
  const attempt = mkdtempSync(`${folder}-`);
  try {
    const options = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', ['install', '--prefix', attempt, ...options, `${name}@${major}`], { stdio: 'pipe' });
    if (!existsSync(program)) renameSync(attempt, folder);
  } catch (error) {
    if (!existsSync(program)) throw error;
  } finally {
    rmSync(attempt, { recursive: true, force: true });
  }
  return program;
}

/** A predictable name where everyone may write: it must be ours, or we would run what others put there. */
function ownFolder(path: string): string {
  mkdirSync(path, { mode: 0o700, recursive: true });
  const { uid, mode } = lstatSync(path);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new Error(`${path} belongs to someone else; remove it, or set TMPDIR`);
  }
  return path;
}
