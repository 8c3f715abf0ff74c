import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { EventCollection, EventMatch } from './event-log.ts';
import { isAlive, processesMarked, tcpSockets, commandLine, type ProcessIdentity } from './processes.ts';
import { until } from './until.ts';

export interface UnexpectedEvents {
  readonly collection: EventCollection;
  readonly expected: { readonly event: string; readonly where: EventMatch }[];
}

/** The kernel's number of a socket that listens. */
const listening = '0A';

/**
 * Warnings that say what this machine or account lacks and no test can cause: no cgroup v2 delegation,
 * pools that share the current user.
 */
const environmentWarnings = new Set(['identity.unavailable', 'isolation.cgroup']);

/** While the host still runs: the gateway holds no socket of a client that is gone. */
export async function checkWhileRunning({ ports }: { readonly ports: readonly number[] }): Promise<void> {
  await until('the gateway to close the sockets of clients that are gone', () => {
    const sockets = tcpSockets().filter(({ inode }) => inode !== '0');
    return sockets.every(
      ({ localPort, remotePort, state }) =>
        !ports.includes(localPort) ||
        state === listening ||
        sockets.some((client) => client.localPort === remotePort && client.remotePort === localPort),
    );
  });
}

export interface AfterStop extends UnexpectedEvents {
  readonly seen: readonly ProcessIdentity[];
  readonly mark: string;
  readonly runFolder: string;
  readonly socketFilesMayRemain: boolean;
}

/** After the host has ended: no process, no socket file, no warning that the test did not ask for. */
export async function checkAfterStop(host: AfterStop): Promise<void> {
  const failures: string[] = [];
  for (const check of [noProcess, noSocketFile, noUnexpectedEvent]) {
    try {
      await check(host);
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  for (const process of processesMarked(host.mark)) kill(process.pid);
  if (failures.length > 0) throw new Error(failures.join('\n'));
}

async function noProcess({ seen, mark }: AfterStop): Promise<void> {
  const alive = (): ProcessIdentity[] => [...seen.filter(isAlive), ...processesMarked(mark)];
  try {
    // One second: what the product promises even for a supervisor that is killed.
    await until('no process to be left', () => alive().length === 0, { withinMs: 1_000 });
  } catch {
    const left = alive();
    const names = left.map(({ pid }) => `${pid} ${commandLine(pid).join(' ')}`);
    for (const { pid } of left) kill(pid);
    if (left.length > 0) throw new Error(`left running after the host ended:\n${names.join('\n')}`);
  }
}

async function noSocketFile({ runFolder, socketFilesMayRemain }: AfterStop): Promise<void> {
  if (socketFilesMayRemain) return;
  const sockets = readdirSync(runFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isSocket())
    .map((entry) => join(entry.parentPath, entry.name));
  if (sockets.length > 0) throw new Error(`socket files left: ${sockets.join(' ')}`);
}

async function noUnexpectedEvent({ collection, expected }: AfterStop): Promise<void> {
  const unexpected = collection.events.filter(
    (event) =>
      event.level !== 'info' &&
      !environmentWarnings.has(event.event) &&
      !expected.some(
        ({ event: name, where }) =>
          name === event.event && Object.entries(where).every(([field, value]) => event.fields[field] === value),
      ),
  );
  const lines = [
    ...unexpected.map((event) => `${event.level} ${event.event}: ${event.message}`),
    ...collection.otherLines,
  ];
  if (lines.length > 0) throw new Error(`reported and not expected:\n${lines.join('\n')}`);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}
