import { existsSync } from 'node:fs';
import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStep } from './step.ts';

/**
 * Path of a Node.js of another major version, from the npm package that the repository's own one comes from;
 * installed once into a folder of this user below the system's temporary folder.
 *
 * @throws Error when it cannot be installed, with what npm said
 */
export async function otherNode(major: string): Promise<string> {
  if (!/^\d{2}$/.test(major)) throw new Error(`--node ${major}: give a major version, such as 24`);
  const platform = `node-linux-${process.arch}`;
  const folder = await ownFolder(join(tmpdir(), `poolhouse-node-${process.getuid?.()}-${major}`));
  const program = join(folder, 'node_modules', platform, 'bin', 'node');
  if (!existsSync(program)) {
    await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
    const { ok, output } = await runStep({
      name: 'npm install',
      program: 'npm',
      arguments: ['install', '--no-audit', '--no-fund', '--prefix', folder, `${platform}@${major}`],
      limitMs: 300_000,
    });
    if (!ok || !existsSync(program)) throw new Error(`Node.js ${major} could not be installed:\n${output}`);
  }
  return program;
}

/** A predictable name in a folder that everyone may write to: it must be ours, or we would run what others put there. */
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
