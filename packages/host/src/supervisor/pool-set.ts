import type { Emit } from '../logging/index.ts';
import type { ApplicationPoolSettings, ApplicationSettings } from './activation/index.ts';
import type { KeyRings } from './key-rings/index.ts';
import {
  ApplicationPool,
  IdentityError,
  type IdentityProvider,
  type PoolIdentity,
  type PoolSurroundings,
} from './pools/index.ts';

/** The pools of a host, by name ignoring case, and what keeps some from running. */
export class PoolSet {
  readonly #identities: Pick<IdentityProvider, 'identityOf'>;
  readonly #keyRings: Pick<KeyRings, 'use' | 'forget'>;
  readonly #surroundings: PoolSurroundings;
  readonly #emit: Emit;
  readonly #pools = new Map<string, ApplicationPool>();
  /** Removed from the configuration, with processes that still end. One of the same name may have come since. */
  readonly #leaving = new Set<ApplicationPool>();
  readonly #problems = new Map<string, string>();
  /** Pools that only the lack of an identity has stopped. */
  readonly #withoutIdentity = new Set<string>();

  constructor(
    identities: Pick<IdentityProvider, 'identityOf'>,
    keyRings: Pick<KeyRings, 'use' | 'forget'>,
    surroundings: PoolSurroundings,
  ) {
    this.#identities = identities;
    this.#keyRings = keyRings;
    this.#surroundings = surroundings;
    this.#emit = surroundings.emit;
  }

  get all(): readonly ApplicationPool[] {
    return [...this.#pools.values(), ...this.#leaving];
  }

  /** Why a pool cannot run, by name in lower case. */
  get problems(): ReadonlyMap<string, string> {
    return this.#problems;
  }

  get(name: string): ApplicationPool | undefined {
    return this.#pools.get(poolKey(name));
  }

  ofApplication(id: string): ApplicationPool | undefined {
    return this.all.find(({ state }) => state.applications.some((application) => application.id === id));
  }

  ofProcess(id: number): ApplicationPool | undefined {
    return this.all.find(({ state }) => state.processes.some((process) => process.id === id));
  }

  /** Makes a pool, or gives it new settings; one whose identity cannot be used refuses its requests. */
  async set(settings: ApplicationPoolSettings, applications: readonly ApplicationSettings[]): Promise<void> {
    const key = poolKey(settings.name);
    const identity = await this.#identityOf(settings);
    if (identity === undefined) return this.#disable(key, settings, applications);
    this.#problems.delete(key);
    const pool = this.#pools.get(key) ?? new ApplicationPool(settings, identity, this.#surroundings);
    this.#pools.set(key, pool);
    pool.configure(settings, applications, identity);
    if (this.#withoutIdentity.delete(key)) pool.take({ type: 'start' });
  }

  /** Lets a pool go that the configuration no longer has; resolves when its last process is gone. */
  async remove(name: string): Promise<void> {
    const key = poolKey(name);
    this.#problems.delete(key);
    this.#withoutIdentity.delete(key);
    const pool = this.#pools.get(key);
    if (pool === undefined) return;
    this.#pools.delete(key);
    this.#leaving.add(pool);
    await pool.leave();
    this.#leaving.delete(pool);
    if (!this.#pools.has(key)) this.#keyRings.forget(name);
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map(async (pool) => pool.stop()));
  }

  tick(): void {
    for (const pool of this.all) pool.tick();
  }

  destroy(): void {
    for (const pool of this.all) pool.destroy();
  }

  /** A pool that cannot run as whom it names must not keep the others from running. */
  async #identityOf(settings: ApplicationPoolSettings): Promise<PoolIdentity | undefined> {
    try {
      return this.#keyRings.use(settings, await this.#identities.identityOf(settings));
    } catch (error) {
      const { name: pool, processModel } = settings;
      const user = error instanceof IdentityError ? error.user : processModel.userName || processModel.identityType;
      const message = error instanceof Error ? error.message : String(error);
      this.#problems.set(poolKey(pool), message);
      this.#emit('pool.identity.invalid', { pool, user, error: message });
      this.#emit('pool.disabled.identity', { pool, user });
      return undefined;
    }
  }

  #disable(key: string, settings: ApplicationPoolSettings, applications: readonly ApplicationSettings[]): void {
    const pool = this.#pools.get(key);
    if (pool === undefined) {
      const { name } = settings;
      return this.#surroundings.publish({ poolStates: [{ name, state: 'stopped', reason: 'AppOffline' }] });
    }
    if (pool.state.status === 'started') {
      this.#withoutIdentity.add(key);
      pool.take({ type: 'stop', reason: 'AppOffline' });
    }
    // An application that went elsewhere must not be looked for here.
    pool.configure(settings, applications);
  }
}

/** Names of pools compare ignoring case. */
export function poolKey(name: string): string {
  return name.toLowerCase();
}
