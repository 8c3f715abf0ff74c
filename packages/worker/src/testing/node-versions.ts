import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Major versions of Node.js that a worker supports; the suite runs on each. */
export const supportedVersions = ['20', '22', '24', '26'] as const;

export interface NodeUnderTest {
  readonly major: string;
  /** Absolute path of the program, or why there is none. */
  readonly program: string | undefined;
  readonly problem: string;
}

/** The supported versions, from the npm packages that hold Node.js, installed once below the temporary folder. */
export async function nodesUnderTest(): Promise<NodeUnderTest[]> {
  return Promise.all(
    supportedVersions.map(async (major) => {
      try {
        return { major, program: await install(major), problem: '' };
      } catch (error) {
        return { major, program: undefined, problem: `cannot be installed: ${(error as Error).message}` };
      }
    }),
  );
}

/** Test files run at once: each installs into a folder of its own, and the first one to be done gives it the name. */
async function install(major: string): Promise<string> {
  const name = `node-linux-${process.arch}`;
  const folder = join(await ownFolder(join(tmpdir(), `poolhouse-node-${process.getuid?.()}`)), major);
  const program = join(folder, 'node_modules', name, 'bin', 'node');
  if (existsSync(program)) return program;
  const attempt = await mkdtemp(`${folder}-`);
  try {
    const options = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
    await promisify(execFile)('npm', ['install', '--prefix', attempt, ...options, `${name}@${major}`]);
    await rename(attempt, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(attempt, { recursive: true, force: true });
  }
  return program;
}

/** A predictable name where everyone may write: it must be ours, or we would run what others put there. */
async function ownFolder(path: string): Promise<string> {
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const { uid, mode } = await lstat(path);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new Error(`${path} belongs to someone else; remove it, or set TMPDIR`);
  }
  return path;
}
