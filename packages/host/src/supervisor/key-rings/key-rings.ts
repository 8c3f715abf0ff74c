import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from '../../linux/index.ts';
import type { Emit } from '../../logging/index.ts';
import type { FileReader } from '../activation/reading/file-reader.ts';
import type { ApplicationPoolSettings, KeyRingSettings } from '../activation/revision.ts';
import { poolUser, profileRing, profileUse, type PoolIdentity, type PoolKeyRing } from '../pools/index.ts';
import type { AskKeeper } from './ask-keeper.ts';
import { placeName } from './place-name.ts';
import { makeCopyFolder } from './ring-copy.ts';
import { ringMaterial } from './ring-material.ts';
import { SharedRing } from './shared-ring.ts';

export interface KeyRingsOptions {
  readonly runFolder: string;
  /** Whom keepers of shared rings run as; undefined: the current user. Asked for when one is needed. */
  readonly keeperUser: () => Promise<Credentials | undefined>;
  readonly askKeeper: AskKeeper;
  /** Reads certificates and connections. */
  readonly files: Pick<FileReader, 'read'>;
  readonly emit: Emit;
  readonly now: () => number;
  readonly random: () => number;
}

/** Where the keys of a pool live, for a status. */
export interface KeyRingSnapshot {
  readonly store: 'profile' | 'folder' | 'redis' | 'postgresql' | 'memory';
  /** The folder that applications read; absent for `memory`. */
  readonly folder?: string;
  /** When the copy of a shared ring was loaded last: RFC 3339, UTC. */
  readonly loadedAt?: string;
  /** What is wrong, or why there are no keys that last. */
  readonly problem?: string;
}

/** How long the first process of a pool waits for its keys, milliseconds. Then it starts without. */
const patienceMs = 10_000;

/** Folder of the copies in the run folder. */
const copies = 'keys';

type SharedKeyRing = Extract<KeyRingSettings, { readonly shared: unknown }>;

interface PoolEntry {
  readonly pool: string;
  readonly snapshot: () => KeyRingSnapshot;
  /** Of the profile: what was reported already. */
  readonly note: string;
  readonly ring?: SharedRing;
  readonly folder?: string;
}

/**
 * The key rings of all pools. A ring below the home of a pool's user is the business of its applications, and not
 * touched here; one that machines share is loaded by a keeper, once for all pools that read it, and copied to each.
 */
export class KeyRings {
  readonly #options: KeyRingsOptions;
  readonly #pools = new Map<string, PoolEntry>();
  readonly #shared = new Map<string, SharedRing>();

  constructor(options: KeyRingsOptions) {
    this.#options = options;
  }

  /** Gives a pool the ring that its settings name; called again whenever they may have changed. Never throws. */
  use(settings: ApplicationPoolSettings, identity: PoolIdentity): PoolIdentity {
    const key = settings.name.toLowerCase();
    const before = this.#pools.get(key);
    const { keyRing } = settings;
    if ('shared' in keyRing) {
      const { entry, given } = this.#share(settings.name, keyRing, identity);
      this.#pools.set(key, entry);
      if (before?.ring !== entry.ring) this.#release(before, false);
      return { ...identity, keyRing: given };
    }
    const entry = this.#leave(settings, identity);
    this.#pools.set(key, entry);
    this.#release(before, true);
    if (before?.note !== entry.note) this.#report(settings);
    return identity;
  }

  /** The pool is gone, and so is its copy. */
  forget(name: string): void {
    const key = name.toLowerCase();
    this.#release(this.#pools.get(key), true);
    this.#pools.delete(key);
  }

  of(name: string): KeyRingSnapshot | undefined {
    return this.#pools.get(name.toLowerCase())?.snapshot();
  }

  /** Reads shared rings again, because somebody changed one; resolves when all have been tried. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#shared.values()].map((ring) => ring.refresh()));
  }

  /** Removes copies for pools of an earlier life. */
  removeStrangers(): void {
    const own = new Set([...this.#pools.values()].map(({ folder }) => folder));
    const base = join(this.#options.runFolder, copies);
    for (const name of names(base)) {
      const folder = join(base, name);
      if (!own.has(folder)) this.#attempt('removing keys of a pool that is gone', () => remove(folder));
    }
  }

  close(): void {
    for (const ring of this.#shared.values()) ring.close();
  }

  #share(pool: string, settings: SharedKeyRing, identity: PoolIdentity): { entry: PoolEntry; given: PoolKeyRing } {
    const ring = this.#ringOf(settings);
    const folder = join(this.#options.runFolder, copies, poolUser(pool).name);
    const reader = { pool, folder, gid: identity.keyReaders };
    this.#attempt(`making a folder for the keys of pool ${pool}`, () => {
      mkdirSync(join(this.#options.runFolder, copies), { recursive: true, mode: 0o711 });
      makeCopyFolder(folder, reader);
    });
    ring.add(reader);
    const store = settings.store.toLowerCase() as KeyRingSnapshot['store'];
    return {
      given: { folder, ready: () => within(patienceMs, ring.tried) },
      entry: {
        ...{ pool, ring, folder, note: '' },
        snapshot: () => {
          const { loadedAt, problem } = ring.state;
          return {
            ...{ store, folder },
            ...(loadedAt === undefined ? {} : { loadedAt: new Date(loadedAt).toISOString() }),
            ...(problem === undefined ? {} : { problem }),
          };
        },
      },
    };
  }

  /** Rings with the same settings are one: they are loaded once. */
  #ringOf({ store, shared }: SharedKeyRing): SharedRing {
    const key = JSON.stringify([store, shared]);
    const existing = this.#shared.get(key);
    if (existing !== undefined) return existing;
    const { keeperUser, askKeeper, files, emit, now, random } = this.#options;
    const ring = new SharedRing({
      ...{ emit, now, random, place: placeName(store, shared) },
      load: async (hadKeys, signal) => {
        const material = await ringMaterial(store, shared, files);
        return askKeeper({ ...material, action: { type: 'load', hadKeys } }, await keeperUser(), signal);
      },
    });
    this.#shared.set(key, ring);
    return ring;
  }

  #leave(settings: ApplicationPoolSettings, identity: PoolIdentity): PoolEntry {
    const { keys, reason, assumed = false } = profileUse(settings);
    const folder = join(identity.profile.home, profileRing);
    const snapshot: KeyRingSnapshot =
      keys === 'profile'
        ? { store: 'profile', folder }
        : { store: 'memory', ...(reason === undefined ? {} : { problem: reason }) };
    return { pool: settings.name, snapshot: () => snapshot, note: `${keys} ${reason ?? ''} ${assumed}` };
  }

  #report(settings: ApplicationPoolSettings): void {
    const { emit } = this.#options;
    const { name: pool } = settings;
    const { keys, reason = '', assumed } = profileUse(settings);
    if (keys === 'memory') emit('dataprotection.ephemeral', { pool, reason });
    if (assumed === true) emit('dataprotection.profile_assumed', { pool });
  }

  /** @param removeCopy no process reads it any more, or those that do will be replaced */
  #release(entry: PoolEntry | undefined, removeCopy: boolean): void {
    if (entry?.ring === undefined) return;
    const { ring, pool, folder } = entry;
    ring.remove(pool);
    if (ring.readers.length === 0) {
      ring.close();
      for (const [key, each] of this.#shared) if (each === ring) this.#shared.delete(key);
    }
    if (removeCopy && folder !== undefined) this.#attempt(`removing the keys of pool ${pool}`, () => remove(folder));
  }

  #attempt(task: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#options.emit('supervisor.task_failed', { task, error: String(error) });
    }
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
