import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isAlive, processStat } from './proc.ts';
import { killQuietly } from './launch.ts';

/** A process by its pid and start time, an identity that the kernel never gives twice. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

/**
 * Keeps one supervisor per run folder, and finds what a supervisor that was killed left behind.
 *
 *   supervisor.lock     identity of the owner; a dead owner holds nothing
 *   processes.json      identities of every process the owner started and has not reaped
 */
export class RunRecord {
  readonly #folder: string;
  readonly #processes = new Map<number, ProcessIdentity>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Takes the run folder, creating it with mode 0711 (a gateway and workers reach their sockets through it).
   *
   * @returns the record and the number of leftover processes that were ended
   * @throws SupervisorRunningError when another supervisor lives there
   */
  static take(folder: string): { record: RunRecord; leftovers: number } {
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    takeLock(join(folder, 'supervisor.lock'));
    const record = new RunRecord(folder);
    return { record, leftovers: record.#endLeftovers() };
  }

  add(process: ProcessIdentity): void {
    this.#processes.set(process.pid, process);
    this.#write();
  }

  delete(pid: number): void {
    if (this.#processes.delete(pid)) this.#write();
  }

  release(): void {
    rmSync(join(this.#folder, 'processes.json'), { force: true });
    rmSync(join(this.#folder, 'supervisor.lock'), { force: true });
  }

  #endLeftovers(): number {
    const leftovers = readIdentities(join(this.#folder, 'processes.json')).filter((each) =>
      isAlive(each.pid, each.startTime),
    );
    for (const { pid } of leftovers) {
      killQuietly(-pid);
      killQuietly(pid);
    }
    return leftovers.length;
  }

  #write(): void {
    const path = join(this.#folder, 'processes.json');
    writeFileSync(`${path}.new`, JSON.stringify([...this.#processes.values()]), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}

export class SupervisorRunningError extends Error {
  readonly pid: number;

  constructor(pid: number, folder: string) {
    super(
      `another supervisor (pid ${pid}) uses the run folder ${folder}; stop it with 'poolhouse stop', or choose another folder with --run`,
    );
    this.pid = pid;
  }
}

function takeLock(path: string): void {
  const self: ProcessIdentity = { pid: process.pid, startTime: processStat(process.pid)?.startTime ?? '' };
  for (;;) {
    try {
      const fd = openSync(path, 'wx', 0o644);
      writeSync(fd, JSON.stringify(self));
      closeSync(fd);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    refuseLivingOwner(path, path);
    const aside = `${path}.${self.pid}`;
    try {
      renameSync(path, aside);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw error;
    }
    // Of several that start at this moment one may already have replaced the dead owner: give that lock back.
    refuseLivingOwner(aside, path);
    rmSync(aside, { force: true });
  }
}

function refuseLivingOwner(file: string, lock: string): void {
  const [owner] = readIdentities(file);
  if (owner === undefined || !isAlive(owner.pid, owner.startTime)) return;
  if (file !== lock) renameSync(file, lock);
  throw new SupervisorRunningError(owner.pid, dirname(lock));
}

function readIdentities(path: string): ProcessIdentity[] {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return (Array.isArray(value) ? value : [value]).filter(isIdentity);
  } catch {
    return []; // absent, or cut short by a power loss: then nothing of that boot lives either
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  const { pid, startTime } = (value ?? {}) as Partial<ProcessIdentity>;
  return Number.isSafeInteger(pid) && (pid as number) > 1 && typeof startTime === 'string' && startTime !== '';
}
