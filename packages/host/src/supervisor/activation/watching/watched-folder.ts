import { basename, dirname } from 'node:path';
import type { WatchSystem } from './watch-system.ts';

/** Quiet time after the last event before files are looked at: an editor's write, rename and chmod are one change. */
export const debounceMs = 250;
/** A folder that is never quiet is looked at this long after its first event. */
const longestWaitMs = 2_000;

/**
 * One folder and the files in it that count. The folder is watched, not the files: a watch on a file dies with
 * the rename that replaces it.
 */
export class WatchedFolder {
  readonly #folder: string;
  readonly #system: WatchSystem;
  readonly #changed: () => void;
  readonly #unknown: (name: string) => void;
  #stamps: ReadonlyMap<string, string | undefined> = new Map();
  /** On the folder, and on those that hold links on the way to it. */
  #watches: readonly { close(): void }[] = [];
  #identity: string | undefined;
  #timer: { cancel(): void } | undefined;
  #firstEvent: number | undefined;
  #otherSpelling = false;
  #needed = true;
  #closed = false;
  /** Look often: events of this folder get lost, or it cannot be watched. */
  needsPolling = true;

  /** @param unknown told of what happens to any name that does not count */
  constructor(folder: string, system: WatchSystem, changed: () => void, unknown: (name: string) => void = () => {}) {
    this.#folder = folder;
    this.#system = system;
    this.#changed = changed;
    this.#unknown = unknown;
  }

  /**
   * Sets what counts, by absolute path, and begins to watch.
   *
   * @param needed that the folder itself goes or comes is a change
   */
  async expect(stamps: ReadonlyMap<string, string | undefined>, needed: boolean): Promise<void> {
    this.#stamps = stamps;
    this.#needed = needed;
    await this.#rewatch();
  }

  /** Compares the files with what is known of them, and reports a difference once. */
  async look(): Promise<void> {
    const existed = this.#identity !== undefined;
    await this.#rewatch();
    let differs = this.#otherSpelling || (this.#needed && existed !== (this.#identity !== undefined));
    this.#otherSpelling = false;
    const known = this.#stamps;
    const found = new Map<string, string | undefined>();
    for (const [path, stamp] of known) {
      const now = await this.#system.stamp(path);
      found.set(path, now);
      differs ||= now !== stamp;
    }
    if (this.#closed) return;
    // Somebody has told in the meantime what counts now: what was seen may be older than that.
    if (this.#stamps !== known) return this.look();
    if (!differs) return;
    this.#stamps = found;
    this.#changed();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#unwatch();
  }

  /** Watches the folder that has the name now; it may be another one than before. */
  async #rewatch(): Promise<void> {
    const identity = await this.#system.identity(this.#folder);
    if (this.#closed || (identity === this.#identity && this.#watches.length > 0)) return;
    const losesEvents = identity === undefined || (await this.#system.losesEvents(this.#folder));
    const links = await this.#system.links(this.#folder);
    if (this.#closed) return;
    this.#unwatch();
    this.#identity = identity;
    // Of a folder that nobody needs, the one around it tells when it comes again.
    this.needsPolling = losesEvents && this.#needed;
    if (identity === undefined) return;
    try {
      this.#watches = [this.#system.watchFolder(this.#folder, (name) => this.#noticed(name))];
      for (const link of links) this.#watches = [...this.#watches, this.#watchLink(link)];
    } catch {
      // Gone again, or the system watches as many folders as it can: polling finds what changes.
      this.needsPolling = this.#needed;
    }
  }

  #watchLink(link: string): { close(): void } {
    return this.#system.watchFolder(dirname(link), (name) => {
      if (name === basename(link)) this.#noticed(undefined);
    });
  }

  #unwatch(): void {
    for (const watch of this.#watches) watch.close();
    this.#watches = [];
  }

  #noticed(name: string | undefined): void {
    if (this.#closed) return;
    if (name !== undefined && !this.#counts(name)) {
      if (this.#isOtherSpelling(name)) this.#otherSpelling = true;
      else this.#unknown(name);
    }
    const now = this.#system.now();
    this.#firstEvent ??= now;
    if (this.#timer !== undefined && now - this.#firstEvent >= longestWaitMs) return;
    this.#timer?.cancel();
    this.#timer = this.#system.setTimer(() => {
      this.#timer = undefined;
      this.#firstEvent = undefined;
      void this.look();
    }, debounceMs);
  }

  #counts(name: string): boolean {
    return [...this.#stamps.keys()].some((path) => basename(path) === name);
  }

  /** `Web.config` beside the place of `web.config` counts, though nobody knows its stamp. */
  #isOtherSpelling(name: string): boolean {
    return [...this.#stamps.keys()].some((path) => basename(path).toLowerCase() === name.toLowerCase());
  }
}
