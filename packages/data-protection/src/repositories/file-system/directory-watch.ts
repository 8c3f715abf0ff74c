import { watch, type FSWatcher } from 'node:fs';

/** Milliseconds. */
export interface WatchTiming {
  /** From the first sign of a change until it is told: files come in groups. */
  readonly debounce: number;
  /** From one telling to the next. */
  readonly interval: number;
  /** Until a directory that is not there is looked for again. */
  readonly retry: number;
}

/** The part of node:fs's `watch` that is used. */
export type WatchDirectory = (
  directory: string,
  options: { readonly persistent: false },
  noticed: (event: string, name: string | null) => void,
) => Watcher;
type Watcher = Pick<FSWatcher, 'close'> & { on(event: 'error', listener: () => void): unknown };

const usualTiming: WatchTiming = { debounce: 250, interval: 10_000, retry: 1_000 };

/**
 * Tells of `*.xml` files that come to a directory, change or go. Where the system cannot tell (no such directory yet,
 * no watches left, a network share that others write to) the ring's own period remains. Keeps no process alive.
 */
export class DirectoryWatch implements Disposable {
  readonly #directory: string;
  readonly #changed: () => void;
  readonly #timing: WatchTiming;
  readonly #watch: WatchDirectory;
  #watcher: Watcher | undefined;
  #retry: NodeJS.Timeout | undefined;
  #telling: NodeJS.Timeout | undefined;
  #disposed = false;
  #told = Number.NEGATIVE_INFINITY;

  constructor(
    directory: string,
    changed: () => void,
    timing: WatchTiming = usualTiming,
    watchDirectory: WatchDirectory = watch,
  ) {
    this.#directory = directory;
    this.#changed = changed;
    this.#timing = timing;
    this.#watch = watchDirectory;
    this.#open();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#watcher?.close();
    clearTimeout(this.#retry);
    clearTimeout(this.#telling);
  }

  #open(): boolean {
    try {
      this.#watcher = this.#watch(this.#directory, { persistent: false }, (event, name) => this.#noticed(event, name));
      this.#watcher.on('error', () => this.#lost());
      return true;
    } catch {
      this.#lost();
      return false;
    }
  }

  #noticed(event: string, name: string | null): void {
    if (name === null || name.endsWith('.xml')) this.#tellSoon();
    // The directory itself was moved or removed: the system names it as if it lay in itself.
    else if (event === 'rename' && this.#directory.endsWith(`/${name}`)) this.#lost();
  }

  #lost(): void {
    if (this.#disposed) return;
    this.#watcher?.close();
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      if (this.#open()) this.#tellSoon();
    }, this.#timing.retry).unref();
  }

  #tellSoon(): void {
    if (this.#telling !== undefined || this.#disposed) return;
    const { debounce, interval } = this.#timing;
    const wait = Math.max(debounce, this.#told + interval - performance.now());
    this.#telling = setTimeout(() => {
      this.#telling = undefined;
      this.#told = performance.now();
      this.#changed();
    }, wait).unref();
  }
}
