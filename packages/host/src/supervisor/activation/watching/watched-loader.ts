import type { LoadedRevision } from '../load-revision.ts';
import type { ConfigurationFileStamp, Revision } from '../revision.ts';
import { ConfigurationWatcher } from './configuration-watcher.ts';
import type { WatchSystem } from './watch-system.ts';

type Load = (previous: Revision | undefined) => Promise<LoadedRevision>;

/**
 * A loader that watches what its loads are made of. `begin` once the first revision is in force: from then on
 * `changed` is called whenever another load may find something else.
 */
export class WatchedLoader {
  readonly #load: Load;
  readonly #watcher: ConfigurationWatcher;
  #files: readonly ConfigurationFileStamp[] = [];
  #begun = false;

  constructor(load: Load, system: WatchSystem, changed: () => void) {
    this.#load = load;
    this.#watcher = new ConfigurationWatcher(system, changed);
  }

  /** Loads, and watches the files of the result; of a load that failed, those of the revision in force as well. */
  readonly load: Load = async (previous) => {
    const loaded = await this.#load(previous);
    const files = 'revision' in loaded ? (loaded.revision.files ?? []) : loaded.files;
    // Of a file that is named twice the later stamp counts: the one that was just read.
    this.#files = 'revision' in loaded ? files : [...(previous?.files ?? []), ...files];
    if (this.#begun) await this.#watcher.watch(this.#files);
    return loaded;
  };

  async begin(): Promise<void> {
    this.#begun = true;
    await this.#watcher.watch(this.#files);
  }

  close(): void {
    this.#watcher.close();
  }
}
