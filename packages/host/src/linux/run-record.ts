import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isAlive, processStat } from './proc.ts';
import { killMarked, killQuietly } from './launch.ts';

/** A process by its pid and start time, an identity that the kernel never gives twice. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

/** A process of ours, and the mark that everything it starts inherits. */
export interface OwnProcess extends ProcessIdentity {
  readonly mark: string;
}

/**
 * Keeps one supervisor per run folder, and finds what a supervisor that was killed left behind.
 *
 *   supervisor.lock     identity of the owner; a dead owner holds nothing
 *   processes.json      identities and marks of every process the owner started and has not reaped
 */
export class RunRecord {
  readonly #folder: string;
  readonly #processes = new Map<number, OwnProcess>();

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

  add({ pid, startTime, mark }: OwnProcess): void {
    this.#processes.set(pid, { pid, startTime, mark });
    this.#write();
  }

  delete(pid: number): void {
    if (this.#processes.delete(pid)) this.#write();
  }

  release(): void {
    rmSync(join(this.#folder, 'processes.json'), { force: true });
    rmSync(join(this.#folder, 'supervisor.lock'), { force: true });
  }

  /** The processes themselves died with the supervisor; what they had started did not. */
  #endLeftovers(): number {
    const recorded = readIdentities(join(this.#folder, 'processes.json'));
    const alive = recorded.filter((each) => isAlive(each.pid, each.startTime));
    for (const { pid } of alive) {
      killQuietly(-pid);
      killQuietly(pid);
    }
    const marks = recorded.flatMap((each) => (typeof each.mark === 'string' && each.mark !== '' ? [each.mark] : []));
    return alive.length + (marks.length === 0 ? 0 : killMarked(marks));
  }

  /** Needed only after a SIGKILL: a full disk must not end what runs. */
  #write(): void {
    const path = join(this.#folder, 'processes.json');
    try {
      writeFileSync(`${path}.new`, JSON.stringify([...this.#processes.values()]), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    } catch {
      // The next process that comes or goes writes it whole.
    }
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

/**
 * Without a lock of the kernel's, which Node.js has no call for, a dead owner's lock must be replaced by exactly
 * one of all that see it. Whoever makes the file `supervisor.lock.after-<dead owner>` first may; should it die
 * on the way, there is a file after it in turn. A file appears with its owner in it, or not at all.
 */
function takeLock(lock: string): void {
  const self: ProcessIdentity = { pid: process.pid, startTime: processStat(process.pid)?.startTime ?? '' };
  const own = `${lock}.${self.pid}.new`;
  rmSync(own, { force: true });
  writeFileSync(own, JSON.stringify(self), { mode: 0o644, flag: 'wx' });
  try {
    while (!tryToTake(lock, own));
  } finally {
    rmSync(own, { force: true });
  }
}

/** @returns false when another one changed the lock meanwhile: look again */
function tryToTake(lock: string, own: string): boolean {
  const dead: string[] = [];
  let place = lock;
  while (!linkIfAbsent(own, place)) {
    const owner = ownerOf(place);
    if (owner === undefined) return false;
    if (owner.alive) throw new SupervisorRunningError(owner.pid, dirname(lock));
    dead.push(owner.name);
    place = `${lock}.after-${owner.name}`;
  }
  if (place === lock) return true;
  // The file that we made may have been free because its maker has finished.
  const won = ownerOf(lock)?.name === dead[0];
  if (won) renameSync(own, lock);
  for (const owner of won ? dead : dead.slice(-1)) rmSync(`${lock}.after-${owner}`, { force: true });
  return won;
}

/** Whom a file tells of; undefined when the file is gone. */
function ownerOf(file: string): { readonly name: string; readonly pid: number; readonly alive: boolean } | undefined {
  if (!existsSync(file)) return undefined;
  const [owner] = readIdentities(file);
  if (owner === undefined) return { name: 'unknown', pid: 0, alive: false };
  const { pid, startTime } = owner;
  return { name: `${pid}-${startTime}`, pid, alive: isAlive(pid, startTime) };
}

function linkIfAbsent(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readIdentities(path: string): (ProcessIdentity & Partial<OwnProcess>)[] {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return (Array.isArray(value) ? value : [value]).filter(isIdentity);
  } catch {
    return []; // absent, or cut short by a power loss: then nothing of that boot lives either
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  const { pid, startTime } = (value ?? {}) as Partial<ProcessIdentity>;
  return Number.isSafeInteger(pid) && (pid as number) > 1 && typeof startTime === 'string' && /^\d+$/.test(startTime);
}
