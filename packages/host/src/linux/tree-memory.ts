import { readFileSync } from 'node:fs';
import { allPids, processStat } from './proc.ts';

/** Memory of a process and all its descendants, bytes. Reserved address space is none. */
export interface TreeMemory {
  /** What no other process shares: anonymous and shared memory, and what of both is swapped out. */
  readonly privateBytes: number;
  /** Everything resident, mapped files included, and what is swapped out. */
  readonly residentBytes: number;
}

/**
 * Measures several process trees in one walk over /proc; a root that is gone is left out.
 *
 * A page that two processes of a tree share counts twice: the kernel's proportional figures cost milliseconds per
 * GiB and a right that the supervisor may not have.
 */
export function treeMemory(roots: readonly number[]): ReadonlyMap<number, TreeMemory> {
  const children = new Map<number, number[]>();
  for (const pid of allPids()) {
    const parent = processStat(pid)?.parent;
    if (parent === undefined) continue;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [pid]);
    else siblings.push(pid);
  }
  return new Map(
    roots.flatMap((root) => {
      const own = memoryOf(root);
      return own === undefined ? [] : [[root, sumOf(root, own, children)] as const];
    }),
  );
}

function sumOf(root: number, own: TreeMemory, children: ReadonlyMap<number, readonly number[]>): TreeMemory {
  let { privateBytes, residentBytes } = own;
  const left = [...(children.get(root) ?? [])];
  for (let pid = left.pop(); pid !== undefined; pid = left.pop()) {
    const memory = memoryOf(pid);
    privateBytes += memory?.privateBytes ?? 0;
    residentBytes += memory?.residentBytes ?? 0;
    left.push(...(children.get(pid) ?? []));
  }
  return { privateBytes, residentBytes };
}

function memoryOf(pid: number): TreeMemory | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return undefined; // gone meanwhile
  }
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  const swapped = bytes('VmSwap');
  return {
    privateBytes: bytes('RssAnon') + bytes('RssShmem') + swapped,
    residentBytes: bytes('VmRSS') + swapped,
  };
}
