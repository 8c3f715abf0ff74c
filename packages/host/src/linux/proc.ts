import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/**
 * Facts from /proc. Every function returns undefined (or nothing) for a process that is gone or that we
 * may not look at: both happen at any moment and neither is an error.
 */

export interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  /** It is on its way out (PF_EXITING), which the kernel says before it closes the process's sockets. */
  readonly exiting: boolean;
  /** Clock ticks since boot at which the process started: with the pid, an identity that is never reused. */
  readonly startTime: string;
}

/** PF_EXITING of the kernel's include/linux/sched.h. */
const exitingFlag = 0x4;

export function processStat(pid: number): ProcessStat | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The command is in parentheses and may itself hold blanks and parentheses: fields start after the last.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] ?? '?',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    exiting: (Number(fields[6]) & exitingFlag) !== 0,
    startTime: fields[19] ?? '',
  };
}

/** Whether this very process lives: not a zombie, not dying, and not another one that got its pid. */
export function isAlive(pid: number, startTime: string): boolean {
  const stat = processStat(pid);
  return stat !== undefined && stat.startTime === startTime && stat.state !== 'Z' && !stat.exiting;
}

/** The process and all its descendants, parents first. One walk over /proc. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of allPids()) {
    const parent = processStat(pid)?.parent;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree = [root];
  for (let index = 0; index < tree.length; index += 1) tree.push(...(children.get(tree[index] as number) ?? []));
  return tree;
}

/**
 * Processes that were started with a variable of one of these values, whatever session or parent they have
 * now. Only those whose environment we may read: our own user's, or all as root.
 */
export function processesMarked(name: string, values: ReadonlySet<string>): number[] {
  const entry = new RegExp(`\\0${name}=([^\\0]*)\\0`);
  return allPids().filter((pid) => {
    const [, value] = entry.exec(`\0${read(`/proc/${pid}/environ`) ?? ''}`) ?? [];
    return value !== undefined && values.has(value);
  });
}

export function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Inodes of the sockets that a process has open; undefined when we may not look. */
export function socketInodes(pid: number): Set<string> | undefined {
  const inodes = new Set<string>();
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const match = /^socket:\[(\d+)\]$/.exec(link(`/proc/${pid}/fd/${fd}`) ?? '');
      if (match !== null) inodes.add(match[1] as string);
    }
  } catch {
    return undefined;
  }
  return inodes;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
