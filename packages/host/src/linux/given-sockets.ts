import { readlinkSync } from 'node:fs';
import { localAddressOfListener, readTcpTables } from './tcp-listeners.ts';

/** A listening TCP socket that the service manager opened and this process inherited. */
export interface GivenSocket {
  readonly fd: number;
  /** From `FileDescriptorName=`, or the name of the socket unit; empty when it was not told. */
  readonly name: string;
  /** Numeric; `::` and `0.0.0.0` stand for all addresses. */
  readonly address: string;
  readonly port: number;
}

export interface GivenSockets {
  readonly sockets: readonly GivenSocket[];
  /** What was given and cannot be used: one sentence each, with what to do. */
  readonly problems: readonly string[];
}

/** The first descriptor that systemd hands over (SD_LISTEN_FDS_START). */
const firstDescriptor = 3;
/** More sockets than any unit has; beyond it the number is no number of sockets. */
const mostDescriptors = 4_096;

/**
 * Finds the sockets of socket activation: `LISTEN_FDS` of them from descriptor 3 on, when `LISTEN_PID` is our
 * pid. Call it before anything else opens a descriptor.
 *
 * @param targetOf what a descriptor of ours points to, as /proc/self/fd shows it; undefined when it is not open
 * @param tables contents of /proc/net/tcp and /proc/net/tcp6
 */
export function findGivenSockets(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
  targetOf: (fd: number) => string | undefined = ownDescriptor,
  tables: readonly string[] = readTcpTables(),
): GivenSockets {
  const told = readVariables(environment, pid);
  const sockets: GivenSocket[] = [];
  const problems = [...told.problems];
  for (let index = 0; index < told.count; index += 1) {
    const fd = firstDescriptor + index;
    const name = told.names[index] ?? '';
    const inode = /^socket:\[(\d+)\]$/.exec(targetOf(fd) ?? '')?.[1];
    const bound = inode === undefined ? undefined : localAddressOfListener(inode, tables);
    if (bound !== undefined) sockets.push({ fd, name, ...bound });
    else problems.push(unusable(fd, name, targetOf(fd)));
  }
  return { sockets, problems };
}

interface Told {
  readonly count: number;
  readonly names: readonly string[];
  readonly problems: readonly string[];
}

function readVariables({ LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES }: NodeJS.ProcessEnv, pid: number): Told {
  const nothing = { count: 0, names: [] };
  if (LISTEN_PID === undefined || LISTEN_FDS === undefined) return { ...nothing, problems: [] };
  if (!/^[1-9]\d{0,9}$/.test(LISTEN_PID)) {
    return { ...nothing, problems: [`LISTEN_PID is ${shown(LISTEN_PID)}, and no pid: the sockets are not used`] };
  }
  if (!/^\d{1,5}$/.test(LISTEN_FDS) || Number(LISTEN_FDS) > mostDescriptors) {
    const problem = `LISTEN_FDS is ${shown(LISTEN_FDS)}, and no number from 0 to ${mostDescriptors}: the sockets are not used`;
    return { ...nothing, problems: [problem] };
  }
  if (Number(LISTEN_PID) !== pid) {
    const problem = `sockets were given to process ${LISTEN_PID}, and this is process ${pid}: they are not used; let the unit execute poolhouse itself (ExecStart=), not a script or npx that starts it, and without --detach`;
    return { ...nothing, problems: Number(LISTEN_FDS) === 0 ? [] : [problem] };
  }
  const count = Number(LISTEN_FDS);
  const names = LISTEN_FDNAMES === undefined ? [] : LISTEN_FDNAMES.split(':');
  if (names.length === 0 || names.length === count) return { count, names, problems: [] };
  const problem = `LISTEN_FDNAMES has ${names.length} names for ${count} sockets: the names are not used`;
  return { count, names: [], problems: [problem] };
}

function unusable(fd: number, name: string, target: string | undefined): string {
  const which = `descriptor ${fd}${name === '' ? '' : ` (${printableName(name)})`}`;
  if (target === undefined) return `${which} was announced by LISTEN_FDS and is not open`;
  return `${which} is no listening TCP socket of this network namespace and is not used; Poolhouse takes ListenStream= with an address and a port, and Accept=no`;
}

const printableName = (name: string): string => name.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 255);
const shown = (value: string): string => JSON.stringify(value.slice(0, 40));

function ownDescriptor(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}
