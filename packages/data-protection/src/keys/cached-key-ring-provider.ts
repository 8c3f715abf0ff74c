import type { Logger } from '../logger.ts';
import { ticksPerSecond, type Instant } from '../time/instant.ts';
import type { KeyRingLoader, LoadedKeyRing } from './key-ring-loader.ts';
import type { KeyManager } from './key-manager.ts';
import type { KeyRing, KeyRingProvider } from './key-ring.ts';

/** How long a stale ring is used on after a refresh that failed. */
const extension = 120n * ticksPerSecond;
/** How long after the start an unknown key id makes the ring be read again: another process may just have made it. */
const forcedRefreshWindow = 120n * ticksPerSecond;

/**
 * Holds the ring of one repository. Once loaded it is always there: when stale it is served on while one refresh runs
 * behind.
 */
export class CachedKeyRingProvider implements KeyRingProvider {
  readonly #loader: KeyRingLoader;
  readonly #manager: KeyManager;
  readonly #clock: () => Instant;
  readonly #logger: Logger;
  readonly #created: Instant;
  #held: LoadedKeyRing | undefined;
  #loading: Promise<KeyRing> | undefined;
  #forced: Promise<KeyRing> | undefined;

  constructor(loader: KeyRingLoader, manager: KeyManager, clock: () => Instant, logger: Logger) {
    this.#loader = loader;
    this.#manager = manager;
    this.#clock = clock;
    this.#logger = logger;
    this.#created = clock();
  }

  get loaded(): KeyRing | undefined {
    const held = this.#held;
    if (held === undefined) return undefined;
    if (this.#loading === undefined && (held.version !== this.#manager.version || held.expires <= this.#clock())) {
      this.#refresh(held);
    }
    return held.ring;
  }

  async current(): Promise<KeyRing> {
    return this.loaded ?? this.#load();
  }

  async refreshedFor(keyId: string): Promise<KeyRing> {
    const ring = await this.current();
    if (ring.find(keyId) !== undefined || this.#clock() - this.#created >= forcedRefreshWindow) return ring;
    this.#forced ??= this.#reload().finally(() => {
      this.#forced = undefined;
    });
    return this.#forced;
  }

  /** A load that began before somebody asked may have read before what he asks for was there. */
  async #reload(): Promise<KeyRing> {
    await this.#loading?.catch(() => undefined);
    return this.#load();
  }

  /** Concurrent callers wait for one load; after a failure the next caller tries again. */
  #load(): Promise<KeyRing> {
    this.#loading ??= this.#loader
      .load()
      .then((loaded) => {
        this.#held = loaded;
        return loaded.ring;
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }

  #refresh(stale: LoadedKeyRing): void {
    this.#load().catch((error: unknown) => {
      this.#logger.error(
        'The key ring could not be refreshed; the one there is stays in use for two more minutes.',
        error,
      );
      this.#held = { ...stale, version: this.#manager.version, expires: this.#clock() + extension };
    });
  }
}
