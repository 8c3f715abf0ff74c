import { basename, dirname } from 'node:path';
import { isLookedThrough } from '../content/deeper-folders.ts';
import { debounceMs, WatchedFolder } from './watched-folder.ts';
import type { WatchSystem } from './watch-system.ts';

/** Most folders watched that no revision has named yet. */
const foundLimit = 1_000;
/** Most names looked at together; what happens to more is no longer told one by one. */
const candidateLimit = 10_000;

/**
 * Folders that come below content folders. Only one with a web.config changes anything; the others are watched from
 * then on, because a web.config may follow its folder, and be it minutes later.
 */
export class NewFolders {
  readonly #system: WatchSystem;
  readonly #changed: () => void;
  /** Folders of the revision in which new ones count. */
  #parents: ReadonlySet<string> = new Set();
  readonly #found = new Map<string, WatchedFolder>();
  #candidates = new Set<string>();
  #looking = false;
  #overflowed = false;
  /** Reported once: that a load does not use it must not make another load. */
  readonly #reported = new Set<string>();
  #timer: { cancel(): void } | undefined;
  #closed = false;

  constructor(system: WatchSystem, changed: () => void) {
    this.#system = system;
    this.#changed = changed;
  }

  /** Sets the folders of a revision; what was found since the one before is looked at again unless it is among them. */
  expect(parents: ReadonlySet<string>): void {
    this.#parents = parents;
    for (const [folder, watched] of this.#found) {
      watched.close();
      if (!parents.has(folder)) this.noticed(folder);
    }
    this.#found.clear();
    for (const folder of this.#reported) if (parents.has(folder)) this.#reported.delete(folder);
  }

  /** Something has happened to a name in one of the folders. */
  noticed(path: string): void {
    if (this.#closed || !isLookedThrough(basename(path))) return;
    if (this.#candidates.size < candidateLimit) this.#candidates.add(path);
    else this.#overflowed = true;
    if (!this.#looking) this.#timer ??= this.#system.setTimer(() => void this.#look(), debounceMs);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    for (const watched of this.#found.values()) watched.close();
    this.#found.clear();
  }

  async #look(): Promise<void> {
    const [candidates, overflowed] = [this.#candidates, this.#overflowed];
    this.#candidates = new Set();
    this.#overflowed = false;
    this.#timer = undefined;
    this.#looking = true;
    // A load looks at everything.
    if (overflowed) this.#changed();
    else for (const folder of candidates) if (this.#isExpected(folder)) await this.#lookAt(folder);
    this.#looking = false;
    const [next] = this.#candidates;
    if (next !== undefined) this.noticed(next);
  }

  #isExpected(folder: string): boolean {
    const parent = dirname(folder);
    return !this.#closed && !this.#parents.has(folder) && (this.#parents.has(parent) || this.#found.has(parent));
  }

  async #lookAt(folder: string): Promise<void> {
    this.#found.get(folder)?.close();
    this.#found.delete(folder);
    if (this.#found.size >= foundLimit || (await this.#system.entries(folder)) === undefined) return;
    const report = (): void => {
      if (this.#reported.has(folder)) return;
      if (this.#reported.size >= candidateLimit) this.#reported.clear();
      this.#reported.add(folder);
      this.#changed();
    };
    const watched = new WatchedFolder(folder, this.#system, report, (name) => this.noticed(`${folder}/${name}`));
    this.#found.set(folder, watched);
    await watched.expect(new Map([[`${folder}/web.config`, undefined]]), false);
    // What came before the watch, no event tells.
    const entries = (await this.#system.entries(folder)) ?? [];
    if (entries.some(({ name }) => name.toLowerCase() === 'web.config')) report();
    for (const { name, isFolder } of entries) if (isFolder) this.noticed(`${folder}/${name}`);
  }
}
