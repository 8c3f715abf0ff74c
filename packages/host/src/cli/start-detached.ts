import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readCapturedOutput, startInBackground } from '../linux/index.ts';
import type { BackgroundProcess } from '../linux/index.ts';
import { adminSocketName } from '../supervisor/file-locations.ts';
import type { FileLocations } from '../supervisor/file-locations.ts';
import type { StatusSnapshot } from '../supervisor/management/index.ts';
import { prepareFolders } from '../supervisor/prepare-folders.ts';
import { createAdminClient } from './admin-client.ts';
import type { System } from './command.ts';
import { commandError } from './command-error.ts';
import type { Output } from './output.ts';

/** How long the background process may take until it serves, milliseconds. */
const startLimitMs = 60_000;

/**
 * Starts the same command without `--detach` in the background and waits until it serves. Its events go to
 * `poolhouse.log` of the log folder, and what it says before that, or when it crashes, to `poolhouse.out`.
 *
 * @returns the exit code: 0 when it serves, its own when it ended
 */
export async function startDetached(locations: FileLocations, system: System, output: Output): Promise<number> {
  prepareFolders(locations, system.uid);
  const logFile = join(locations.log, 'poolhouse.log');
  const outputFile = join(locations.log, 'poolhouse.out');
  const descriptor = openSync(outputFile, 'a+', 0o640);
  const offset = fstatSync(descriptor).size;
  try {
    const words = process.argv.slice(1).filter((word) => word !== '--detach');
    const child = await startInBackground(process.execPath, [...process.execArgv, ...words, '--log-file', logFile], {
      environment: system.environment,
      workingDirectory: system.workingDirectory,
      output: descriptor,
    });
    const code = await firstOf(child, join(locations.run, adminSocketName), system);
    if (code !== undefined) {
      system.stderr.write(readCapturedOutput(descriptor, offset));
      return code;
    }
    child.release();
    output.show({ pid: child.pid, log: logFile }, () => `Poolhouse serves in the background (pid ${child.pid})`);
    output.say(`events: ${logFile}\nnext: poolhouse status`);
    return 0;
  } finally {
    closeSync(descriptor);
  }
}

/** Waits until the child serves (undefined) or has ended (its exit code). */
async function firstOf(child: BackgroundProcess, socket: string, system: System): Promise<number | undefined> {
  let exit: { readonly code: number | null } | undefined;
  void child.exited.then((ended) => (exit = ended));
  const deadline = Date.now() + startLimitMs;
  while (Date.now() < deadline) {
    if (exit !== undefined) return exit.code ?? 1;
    if (await serves(child.pid, socket, system)) return undefined;
    await wait(50, undefined, { signal: system.interrupted });
  }
  throw commandError('start-failed', `Poolhouse (pid ${child.pid}) does not serve after ${startLimitMs / 1_000} s`, [
    ['try', 'poolhouse status, and the files in the log folder'],
  ]);
}

async function serves(pid: number, socket: string, system: System): Promise<boolean> {
  try {
    const status = await createAdminClient(socket, system.interrupted).get<StatusSnapshot>('/api/v1/status');
    return status.pid === pid && status.state === 'started';
  } catch {
    return false;
  }
}
