import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** The control group of one process and all that it starts. */
export interface ControlGroup {
  /** Moves a process in that has just been made and has started nothing yet. */
  join(pid: number): void;
  /** SIGKILL to everything in it, at once and without a gap to fork through. */
  kill(): void;
  /** Removes it as soon as the kernel has let go of the last process. */
  remove(): void;
}

/** Name of the group that we move into: a group with groups below it should hold no process. */
const supervisorGroup = 'supervisor';

/** How long the kernel may take to let go of killed processes, milliseconds. */
const removalLimitMs = 5_000;

/**
 * The part of the cgroup v2 hierarchy that was delegated to us:
 *
 *   <own group>/supervisor                     supervisor, gateways
 *   <own group>/pools/<pool>/<slot>/<process>  one process of a pool with everything it starts
 *
 * Source: https://docs.kernel.org/admin-guide/cgroup-v2.html, https://systemd.io/CGROUP_DELEGATION
 */
export class ControlGroups {
  /** Folder of the delegated group. */
  readonly folder: string;
  readonly #pools: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#pools = join(folder, 'pools');
  }

  /**
   * Takes the group that this process is in, ends and removes what an earlier supervisor left there, and
   * moves this process into a leaf.
   *
   * @param own folder of the group, see `ownControlGroup`
   * @returns undefined when the group is not ours alone: read-only, shared with others, or the root
   */
  static async take(own: string | undefined, pid: number): Promise<ControlGroups | undefined> {
    if (own === undefined) return undefined;
    // Under `DelegateSubgroup=supervisor` we begin where we would move to.
    const folder = basename(own) === supervisorGroup ? dirname(own) : own;
    try {
      if (!isDelegated(folder, pid)) return undefined;
      const groups = new ControlGroups(folder);
      await groups.#endLeftovers();
      const leaf = join(folder, supervisorGroup);
      mkdirSync(leaf, { recursive: true });
      write(leaf, 'cgroup.procs', String(pid));
      mkdirSync(groups.#pools, { recursive: true });
      return groups;
    } catch {
      return undefined; // then as without control groups
    }
  }

  /** A new group for one process; undefined when the kernel grants none. */
  create(pool: string, slot: number, process: number): ControlGroup | undefined {
    const folder = join(this.#pools, groupName(pool), String(slot), String(process));
    try {
      mkdirSync(folder, { recursive: true });
      return new Leaf(folder);
    } catch {
      return undefined;
    }
  }

  /** Ends what is left and removes the groups of all pools, as far as the kernel has let go of them. */
  release(): void {
    quietly(() => write(this.#pools, 'cgroup.kill', '1'));
    removeTree(this.#pools);
  }

  async #endLeftovers(): Promise<void> {
    if (!existsSync(this.#pools)) return;
    write(this.#pools, 'cgroup.kill', '1');
    const deadline = Date.now() + removalLimitMs;
    while (!removeTree(this.#pools) && Date.now() < deadline) await wait(10);
  }
}

class Leaf implements ControlGroup {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  join(pid: number): void {
    quietly(() => write(this.#folder, 'cgroup.procs', String(pid)));
  }

  kill(): void {
    quietly(() => write(this.#folder, 'cgroup.kill', '1'));
  }

  remove(): void {
    this.#remove(Date.now() + removalLimitMs);
  }

  #remove(deadline: number): void {
    if (removeTree(this.#folder)) {
      // The slot's and the pool's, when this was the last in them.
      if (quietly(() => rmdirSync(dirname(this.#folder)))) quietly(() => rmdirSync(dirname(dirname(this.#folder))));
    } else if (Date.now() < deadline) {
      setTimeout(() => this.#remove(deadline), 20).unref();
    }
  }
}

/**
 * The folder of the cgroup v2 group that this process is in.
 *
 * @param membership content of /proc/self/cgroup
 * @param mounts content of /proc/self/mountinfo
 */
export function ownControlGroup(
  membership: string = readText('/proc/self/cgroup'),
  mounts: string = readText('/proc/self/mountinfo'),
): string | undefined {
  const path = /^0::(\/.*)$/m.exec(membership)?.[1];
  for (const line of mounts.split('\n')) {
    // mount id, parent, device, root within the file system, mount point, options, … - type, …
    const [, , , root = '', point = ''] = line.split(' ');
    if (!line.includes(' - cgroup2 ') || path === undefined || /\/\.\.(\/|$)/.test(path)) continue;
    if (root === '/') return path === '/' ? point : join(point, path);
    if (path === root || path.startsWith(`${root}/`)) return join(point, path.slice(root.length));
  }
  return undefined;
}

/** Ours alone, and writable. The root of the hierarchy, which has no type, belongs to the machine. */
function isDelegated(folder: string, pid: number): boolean {
  if (!existsSync(join(folder, 'cgroup.type')) || !existsSync(join(folder, 'cgroup.kill'))) return false;
  for (const path of [folder, join(folder, 'cgroup.procs')]) accessSync(path, constants.W_OK);
  // Process 1 of a container stays where it is; of the host it is never in our group.
  const ours = (each: string): boolean => each === String(pid) || each === '1';
  return [folder, join(folder, supervisorGroup)].every((group) => processesOf(group).every(ours));
}

function processesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readFileSync(join(folder, 'cgroup.procs'), 'latin1')
    .split('\n')
    .filter((line) => line !== '');
}

/** Without points, so that no pool is called like a file of the kernel's (`cgroup.procs`) or a way up. */
function groupName(pool: string): string {
  return pool.toLowerCase().replaceAll(/[%./\x00-\x1f\x7f]/g, (sign) => `%${Buffer.from(sign).toString('hex')}`);
}

/** @returns whether it is gone */
function removeTree(folder: string): boolean {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) removeTree(join(folder, entry.name));
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function write(folder: string, file: string, text: string): void {
  // Never created: in a folder that is no control group there must be no files that look like one.
  writeFileSync(join(folder, file), text, { flag: 'r+' });
}

/** A group that is gone has nobody to move, end or count. */
function quietly(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
