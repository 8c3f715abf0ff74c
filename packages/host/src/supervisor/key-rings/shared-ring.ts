import type { Emit } from '../../logging/index.ts';
import type { KeeperAnswer, RingElement } from './keeper-job.ts';
import { hasKeysOf, writeRingCopy, type CopyReader } from './ring-copy.ts';

/** A pool that reads a ring, and where. */
export interface RingReader extends CopyReader {
  readonly pool: string;
  readonly folder: string;
}

export interface SharedRingOptions {
  /** For people: `folder /mnt/keys`, `Redis at cache.example:6379`. Without anything secret. */
  readonly place: string;
  /** One load by a keeper; what it rejects with counts as a failure. The signal says that nobody needs it any more. */
  readonly load: (hadKeys: boolean, signal: AbortSignal) => Promise<KeeperAnswer>;
  readonly emit: Emit;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 0 ≤ x < 1: so that the machines of a farm do not all come at once. */
  readonly random: () => number;
}

/** Keys of a farm appear days before they are used; revocations should not take long. */
const refreshMs = 6 * 3_600_000;
/** After a failure: at first soon, then ever later. */
const firstRetryMs = 15_000;
const lastRetryMs = 15 * 60_000;

/**
 * A ring that several machines share, as copies in the run folder. What was loaded last stays until the next load has
 * worked: a store out of reach signs nobody out.
 */
export class SharedRing {
  readonly #options: SharedRingOptions;
  readonly #readers = new Map<string, RingReader>();
  #elements: readonly RingElement[] | undefined;
  #loadedAt: number | undefined;
  #problem: string | undefined;
  #reported = '';
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  readonly #closing = new AbortController();

  constructor(options: SharedRingOptions) {
    this.#options = options;
  }

  get readers(): readonly RingReader[] {
    return [...this.#readers.values()];
  }

  /** When it was loaded last, milliseconds since 1970, and what is wrong with it now. */
  get state(): { readonly loadedAt: number | undefined; readonly problem: string | undefined } {
    return { loadedAt: this.#loadedAt, problem: this.#problem };
  }

  /** Resolves when the first load has ended, well or badly. */
  get tried(): Promise<void> {
    return this.#elements === undefined && this.#failures === 0 ? this.refresh() : Promise.resolve();
  }

  add(reader: RingReader): void {
    this.#readers.set(reader.pool.toLowerCase(), reader);
    if (this.#elements !== undefined) this.#write(reader, this.#elements);
    else if (this.#running === undefined) void this.refresh();
  }

  /** @param pool its name, in whatever case: a pool may come back from a reload written otherwise */
  remove(pool: string): void {
    this.#readers.delete(pool.toLowerCase());
  }

  /** Loads what is there now: a load that is under way may have begun too early to see it. */
  refresh(): Promise<void> {
    if (this.#closing.signal.aborted) return Promise.resolve();
    if (this.#running === undefined) {
      this.#running = this.#refresh().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    if (this.#elements === undefined && this.#failures === 0) return this.#running;
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.refresh();
    });
    return this.#next;
  }

  /** Also ends a load that is under way: a store that does not answer must not keep anybody from stopping. */
  close(): void {
    this.#closing.abort();
    clearTimeout(this.#timer);
  }

  async #refresh(): Promise<void> {
    clearTimeout(this.#timer);
    const { signal } = this.#closing;
    const hadKeys = this.#hadKeys;
    const answer = await this.#options.load(hadKeys, signal).catch((error: unknown): KeeperAnswer => ({
      ok: false,
      error: error instanceof Error ? error.message : String(error),
    }));
    if (signal.aborted) return;
    if (!answer.ok) this.#failed(answer.error);
    // Whatever went wrong there: copies with keys are never replaced by ones without.
    else if (answer.elements === undefined || (hadKeys && !answer.elements.some(isKey)))
      this.#failed('the key keeper gave no keys');
    else this.#loaded(answer, answer.elements);
    this.#timer = setTimeout(() => void this.refresh(), this.#pauseMs()).unref();
  }

  #loaded(answer: KeeperAnswer & { ok: true }, elements: readonly RingElement[]): void {
    const { emit, now, place } = this.#options;
    const { problem, warnings, changed, keys } = answer;
    const merged = elements.map((element) => this.#openedBefore(element) ?? element);
    // Keys that could be opened earlier make up for those that cannot be opened now.
    const isKept = merged.some((element, index) => element !== elements[index]);
    this.#elements = merged;
    for (const reader of this.#readers.values()) this.#write(reader, merged);
    for (const key of changed) emit('keyring.key_created', { place, key });
    if (problem !== undefined && isKept) return this.#failed(warnings.join(' ') || problem);
    this.#failures = problem === undefined ? 0 : this.#failures + 1;
    this.#loadedAt = now();
    this.#problem = problem;
    this.#reportOnce([problem, keys.length, ...warnings].join(' '), () => {
      const pools = this.#poolNames;
      if (problem === undefined) emit('keyring.loaded', { place, pools, keys: keys.length });
      else emit('keyring.unusable', { place, pools, error: problem });
      for (const detail of warnings) emit('keyring.warning', { place, detail });
    });
  }

  #failed(error: string): void {
    const { emit, place } = this.#options;
    this.#failures += 1;
    this.#problem = error;
    const kept = this.#loadedAt === undefined ? undefined : new Date(this.#loadedAt).toISOString();
    this.#reportOnce(error, () => emit('keyring.failed', { place, pools: this.#poolNames, error, kept }));
  }

  /** A store that is out of reach for a day is one event, and another when it is back. */
  #reportOnce(what: string, report: () => void): void {
    if (this.#reported === what) return;
    this.#reported = what;
    report();
  }

  #write(reader: RingReader, elements: readonly RingElement[]): void {
    try {
      writeRingCopy(reader.folder, elements, reader, this.#options.place);
    } catch (error) {
      const task = `copying the key ring of pool ${reader.pool}`;
      this.#options.emit('supervisor.task_failed', { task, error: String(error) });
    }
  }

  #pauseMs(): number {
    if (this.#failures === 0) return refreshMs * (1 - this.#options.random() / 5);
    return Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(this.#failures - 1, 10));
  }

  /** Also before this supervisor: a copy outlives it. */
  get #hadKeys(): boolean {
    return this.#elements?.some(isKey) ?? this.readers.some(({ folder }) => hasKeysOf(folder, this.#options.place));
  }

  /** A key never changes: one whose certificate is gone now is what it was when it could be opened. */
  #openedBefore({ name, closed }: RingElement): RingElement | undefined {
    return closed === true ? this.#elements?.find((each) => each.name === name && each.closed !== true) : undefined;
  }

  get #poolNames(): string {
    return this.readers.map(({ pool }) => pool).join(', ');
  }
}

function isKey({ name }: RingElement): boolean {
  return name.startsWith('key-');
}
