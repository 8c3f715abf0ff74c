import { dirname } from 'node:path';
import type { ConfigurationFileStamp } from '../revision.ts';
import { NewFolders } from './new-folders.ts';
import { WatchedFolder } from './watched-folder.ts';
import type { WatchSystem } from './watch-system.ts';

/** How often folders are looked at whose events get lost, milliseconds. */
const pollMs = 1_000;
/** Every so many polls all folders are looked at: no watch is trusted for ever. */
const safetyPolls = 15;
/** Folders looked at side by side: the system answers several at a time. */
const atOnce = 32;

/**
 * Notices that a file of the configuration was written, replaced, touched, created or removed, `app_offline.htm`
 * included. Reports that something changed, never what it means: that is for loading and comparing.
 */
export class ConfigurationWatcher {
  readonly #system: WatchSystem;
  readonly #changed: () => void;
  readonly #folders = new Map<string, WatchedFolder>();
  readonly #newFolders: NewFolders;
  #timer: { cancel(): void } | undefined;
  #polls = 0;
  #closed = false;

  /** `changed` is called once for each change noticed, and must not throw. */
  constructor(system: WatchSystem, changed: () => void) {
    this.#system = system;
    this.#changed = changed;
    this.#newFolders = new NewFolders(system, changed);
  }

  /** Sets the files that count, as a revision names them; those of before that are not among them count no more. */
  async watch(files: readonly Pick<ConfigurationFileStamp, 'path' | 'stamp' | 'searched'>[]): Promise<void> {
    const folders = new Map<string, Map<string, string | undefined>>();
    const parents = new Set<string>();
    const needed = new Set<string>();
    for (const { path, stamp, searched } of files) {
      const folder = dirname(path);
      if (searched !== undefined) parents.add(folder);
      if (searched !== 'below') needed.add(folder);
      const stamps = folders.get(folder) ?? new Map<string, string | undefined>();
      folders.set(folder, stamps.set(path, stamp));
    }
    for (const [folder, watched] of this.#folders) {
      if (folders.has(folder)) continue;
      watched.close();
      this.#folders.delete(folder);
    }
    this.#newFolders.expect(parents);
    const list = [...folders];
    for (let index = 0; index < list.length && !this.#closed; index += atOnce) {
      await Promise.all(
        list.slice(index, index + atOnce).map(([folder, stamps]) => this.#expect(folder, stamps, needed.has(folder))),
      );
    }
    if (this.#timer === undefined && !this.#closed) this.#schedule();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    for (const folder of this.#folders.values()) folder.close();
    this.#folders.clear();
    this.#newFolders.close();
  }

  async #expect(folder: string, stamps: ReadonlyMap<string, string | undefined>, needed: boolean): Promise<void> {
    const watched = this.#folders.get(folder);
    if (watched !== undefined) return watched.expect(stamps, needed);
    const added = new WatchedFolder(folder, this.#system, this.#changed, (name) => {
      const path = folder === '/' ? `/${name}` : `${folder}/${name}`;
      const known = this.#folders.get(path);
      if (known === undefined) this.#newFolders.noticed(path);
      else void known.look();
    });
    this.#folders.set(folder, added);
    await added.expect(stamps, needed);
    // What happened since the files were read, no event tells any more.
    await added.look();
  }

  #schedule(): void {
    this.#timer = this.#system.setTimer(() => void this.#poll(), pollMs);
  }

  async #poll(): Promise<void> {
    this.#polls += 1;
    const all = this.#polls % safetyPolls === 0;
    for (const folder of [...this.#folders.values()]) {
      if (this.#closed) return;
      if (all || folder.needsPolling) await folder.look();
    }
    if (!this.#closed) this.#schedule();
  }
}
