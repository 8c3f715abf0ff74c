import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that is not mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot, from /proc/<pid>/stat. */
  readonly startTime: number;
}

export interface ProcessStat extends ProcessIdentity {
  readonly parent: number;
  /** One letter; `Z` is a zombie, `T` stopped. */
  readonly state: string;
}

/** State of a process, or undefined when there is none. */
export function readStat(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The second field is the name in parentheses and may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { pid, state: fields[0] ?? '', parent: Number(fields[1]), startTime: Number(fields[19]) };
}

/** Whether exactly this process still runs; a zombie does not. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  const stat = readStat(pid);
  return stat !== undefined && stat.startTime === startTime && stat.state !== 'Z' && stat.state !== 'X';
}

/** Every living process below `root`, nearest first, zombies left out. */
export function descendants(root: number): ProcessStat[] {
  const all = allProcesses();
  const found: ProcessStat[] = [];
  let parents = new Set([root]);
  while (parents.size > 0) {
    const children = all.filter((process) => parents.has(process.parent) && process.state !== 'Z');
    found.push(...children);
    parents = new Set(children.map((child) => child.pid));
  }
  return found;
}

export function allProcesses(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? []);
}

/** Words of the command line; empty for a process that is gone. */
export function commandLine(pid: number): string[] {
  return readWords(`/proc/${pid}/cmdline`);
}

/** The environment a process was started with. */
export function environmentOf(pid: number): Record<string, string> {
  const entries = readWords(`/proc/${pid}/environ`).map((word) => {
    const equals = word.indexOf('=');
    return [word.slice(0, equals), word.slice(equals + 1)] as const;
  });
  return Object.fromEntries(entries);
}

function readWords(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}

/** What each open descriptor of a process points to: `socket:[123]`, `pipe:[4]`, a path. */
export function descriptorsOf(pid: number): string[] {
  let names: string[];
  try {
    names = readdirSync(`/proc/${pid}/fd`);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${name}`)];
    } catch {
      return [];
    }
  });
}

/** Processes that carry `mark` in their command line or environment, whoever their parent is. */
export function processesMarked(mark: string): ProcessStat[] {
  return allProcesses().filter(
    ({ pid, state }) =>
      state !== 'Z' &&
      pid !== process.pid &&
      (commandLine(pid).some((word) => word.includes(mark)) ||
        Object.values(environmentOf(pid)).some((value) => value.includes(mark))),
  );
}

export interface TcpSocket {
  readonly localPort: number;
  readonly remotePort: number;
  /** Two hexadecimal digits of the kernel: `01` established, `0A` listening, `08` close-wait. */
  readonly state: string;
  readonly inode: string;
}

/** Every TCP socket of this network namespace, IPv4 and IPv6. */
export function tcpSockets(): TcpSocket[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    readFileSync(file, 'latin1')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => {
        const [, local = '', remote = '', state = '', , , , , , inode = ''] = line.trim().split(/\s+/);
        return { localPort: portOf(local), remotePort: portOf(remote), state, inode };
      }),
  );
}

function portOf(address: string): number {
  return Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16);
}
