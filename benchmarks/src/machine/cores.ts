import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Which core does what. Both are the same number on a machine with one core, and nothing is pinned then. */
export interface Cores {
  /** Load generator, upstream, and this program. */
  readonly load: number;
  /** The processes whose cost is measured. */
  readonly measured: number;
  readonly pinned: boolean;
}

/** Takes the first two cores this process may use. */
export function chooseCores(allowed = allowedCores()): Cores {
  const [load = 0, measured] = allowed;
  return measured === undefined ? { load, measured: load, pinned: false } : { load, measured, pinned: true };
}

/** Reads `Cpus_allowed_list`, for example `0-1` or `0,2-3`. */
export function allowedCores(status = readFileSync('/proc/self/status', 'latin1')): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '0';
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** The command line that runs `command` on one core. */
export function onCore(cores: Cores, core: number, command: readonly string[]): string[] {
  return cores.pinned ? ['taskset', '--cpu-list', String(core), ...command] : [...command];
}

/** Moves a running process with all its threads to one core. */
export function moveToCore(cores: Cores, core: number, pid: number): void {
  if (!cores.pinned) return;
  const { status, stderr } = spawnSync('taskset', ['--all-tasks', '--pid', '--cpu-list', String(core), String(pid)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`taskset could not move process ${pid} to core ${core}: ${stderr}`);
}
