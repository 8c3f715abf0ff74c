import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** Command line, arguments separated by spaces; empty for a process that has ended and waits for its parent. */
  readonly command: string;
}

/** The processes below `root`, itself first. */
export function processTree(root: number): ProcessEntry[] {
  const children = new Map<number, ProcessEntry[]>();
  let rootEntry: ProcessEntry | undefined;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const entry = readEntry(Number(name));
    if (entry === undefined) continue;
    if (entry.pid === root) rootEntry = entry;
    const siblings = children.get(entry.parent);
    if (siblings === undefined) children.set(entry.parent, [entry]);
    else siblings.push(entry);
  }
  const below = (entry: ProcessEntry): ProcessEntry[] => [entry, ...(children.get(entry.pid) ?? []).flatMap(below)];
  return rootEntry === undefined ? [] : below(rootEntry);
}

function readEntry(pid: number): ProcessEntry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may itself contain blanks and parentheses: fields count from the last one.
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return { pid, parent: Number(parent), command };
  } catch {
    return undefined; // ended between the two reads
  }
}

/** Proportional set size of some processes, MB: memory shared by several processes is divided among them. */
export function memoryMB(pids: readonly number[]): number | null {
  try {
    const kilobytes = pids.map((pid) =>
      Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1]),
    );
    return kilobytes.reduce((sum, value) => sum + value, 0) / 1024;
  } catch {
    return null; // another user's process
  }
}
