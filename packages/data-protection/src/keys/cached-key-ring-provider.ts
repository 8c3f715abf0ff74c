import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../logger.ts';
import { ticksPerMillisecond, ticksPerSecond, type Instant } from '../time/instant.ts';
import { refreshPeriod } from './key-generation.ts';
import type { KeyRingLoader, LoadedKeyRing } from './key-ring-loader.ts';
import type { KeyManager } from './key-manager.ts';
import type { KeyRing, KeyRingProvider } from './key-ring.ts';

/** How long a stale ring is used on after a refresh that failed. */
const extension = 120n * ticksPerSecond;
/** How long after the start an unknown key id makes the ring be read again: another process may just have made it. */
const forcedRefreshWindow = 120n * ticksPerSecond;
/** From one such read to the next: whoever sends ids that nobody has must not keep us reading. */
const forcedRefreshInterval = ticksPerSecond;

/**
 * Holds the ring of one repository. Once loaded it is always there: when stale it is served on while one refresh runs
 * behind.
 */
export class CachedKeyRingProvider implements KeyRingProvider {
  readonly #loader: KeyRingLoader;
  readonly #manager: KeyManager;
  readonly #clock: () => Instant;
  readonly #logger: Logger;
  readonly #pause: (ms: number) => Promise<unknown>;
  readonly #created: Instant;
  #held: LoadedKeyRing | undefined;
  #loading: Promise<KeyRing> | undefined;
  #forced: Promise<KeyRing> | undefined;
  #forcedLast: Instant | undefined;

  constructor(
    loader: KeyRingLoader,
    manager: KeyManager,
    clock: () => Instant,
    logger: Logger,
    pause: (ms: number) => Promise<unknown> = sleep,
  ) {
    this.#loader = loader;
    this.#manager = manager;
    this.#clock = clock;
    this.#logger = logger;
    this.#pause = pause;
    this.#created = clock();
  }

  get loaded(): KeyRing | undefined {
    const held = this.#held;
    if (held === undefined) return undefined;
    if (this.#loading === undefined && this.#isStale(held)) this.#refresh(held);
    return held.ring;
  }

  async current(): Promise<KeyRing> {
    return this.loaded ?? this.#load();
  }

  async refreshedFor(keyId: string): Promise<KeyRing> {
    const ring = await this.current();
    if (ring.find(keyId) !== undefined || !isWithin(forcedRefreshWindow, this.#created, this.#clock())) return ring;
    this.#forced ??= this.#reload().finally(() => {
      this.#forced = undefined;
    });
    return this.#forced;
  }

  /** A load that began before somebody asked may have read before what he asks for was there. */
  async #reload(): Promise<KeyRing> {
    const now = this.#clock();
    if (this.#forcedLast !== undefined && isWithin(forcedRefreshInterval, this.#forcedLast, now)) {
      await this.#pause(Number((this.#forcedLast + forcedRefreshInterval - now) / ticksPerMillisecond));
    }
    this.#forcedLast = this.#clock();
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

  /** A ring that expires later than any does was loaded before the clock was set back. */
  #isStale({ version, expires }: LoadedKeyRing): boolean {
    const left = expires - this.#clock();
    return version !== this.#manager.version || left <= 0n || left > refreshPeriod;
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

/** Not so when the clock has been set back meanwhile. */
function isWithin(span: Instant, start: Instant, now: Instant): boolean {
  return now >= start && now - start < span;
}
