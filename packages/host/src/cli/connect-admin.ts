import { once } from 'node:events';
import { lstatSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { adminSocketName, fileLocations } from '../supervisor/file-locations.ts';
import type { FileLocations } from '../supervisor/file-locations.ts';
import { runFolderRecord } from '../supervisor/prepare-folders.ts';
import { createAdminClient } from './admin-client.ts';
import type { AdminClient } from './admin-client.ts';
import type { System } from './command.ts';
import { commandError } from './command-error.ts';

/**
 * Finds the Poolhouse that a command means: the one of `--run` or POOLHOUSE_RUN, else the first that answers
 * of `poolhouse run` in this folder, of this user, of the system.
 *
 * @throws CommandError `unreachable` (names every socket tried) or `socket-denied`
 */
export async function connectAdmin(system: System, runFlag: string | undefined): Promise<AdminClient> {
  const denied: string[] = [];
  const tried: string[] = [];
  for (const { run, runAlias } of candidates(system, runFlag)) {
    const path = join(recordedFolder(runAlias) ?? run, adminSocketName);
    if (tried.includes(path)) continue;
    tried.push(path);
    const found = await probeSocket(path, system.uid);
    if (found === 'answers') return createAdminClient(path, AbortSignal.any([system.interrupted, system.readerGone]));
    if (found === 'denied') denied.push(path);
  }
  if (denied.length > 0) {
    throw commandError('socket-denied', `user ${system.uid} may not use the management socket ${denied.join(', ')}`, [
      ['because', 'it belongs to the user that runs Poolhouse'],
      ['try', 'the same command with sudo'],
    ]);
  }
  throw commandError('unreachable', 'no Poolhouse is running', [
    ['tried', tried.join(', ')],
    ['try', 'poolhouse run (in the folder of an app), or poolhouse start --config FILE'],
  ]);
}

function candidates(system: System, runFlag: string | undefined): readonly FileLocations[] {
  const { environment, workingDirectory, uid, home } = system;
  const input = { environment, workingDirectory, uid, home };
  if (runFlag !== undefined || environment['POOLHOUSE_RUN']) {
    return [fileLocations({ ...input, flags: { run: runFlag } })];
  }
  return [
    fileLocations({ ...input, servedFolder: workingDirectory }),
    fileLocations(input),
    fileLocations({ ...input, uid: 0 }),
  ];
}

/** What the supervisor recorded in a run folder whose path is too long for sockets. */
function recordedFolder(alias: string | undefined): string | undefined {
  if (alias === undefined) return undefined;
  try {
    return readFileSync(join(alias, runFolderRecord), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** A socket of a user who is neither root nor we is not ours to talk to, whatever made us look there. */
export async function probeSocket(path: string, uid: number): Promise<'answers' | 'denied' | 'silent'> {
  const owner = ownerOf(path);
  if (owner === 'denied') return 'denied';
  if (owner === undefined || (owner !== uid && owner !== 0)) return 'silent';
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return 'answers';
  } catch (error) {
    return isDenial(error) ? 'denied' : 'silent';
  } finally {
    socket.destroy();
  }
}

function ownerOf(path: string): number | 'denied' | undefined {
  try {
    return lstatSync(path).uid;
  } catch (error) {
    return isDenial(error) ? 'denied' : undefined;
  }
}

function isDenial(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM';
}
