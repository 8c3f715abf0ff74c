import type { Emit } from '../logging/index.ts';
import type { ApplicationPoolSettings, ApplicationSettings } from './activation/index.ts';
import { ApplicationPool, IdentityError, type IdentityProvider, type PoolSurroundings } from './pools/index.ts';

/** The pools of a host, by name ignoring case, and what keeps some from running. */
export class PoolSet {
  readonly #identities: IdentityProvider;
  readonly #surroundings: PoolSurroundings;
  readonly #emit: Emit;
  readonly #pools = new Map<string, ApplicationPool>();
  readonly #problems = new Map<string, string>();

  constructor(identities: IdentityProvider, surroundings: PoolSurroundings) {
    this.#identities = identities;
    this.#surroundings = surroundings;
    this.#emit = surroundings.emit;
  }

  get all(): readonly ApplicationPool[] {
    return [...this.#pools.values()];
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
    const existing = this.#pools.get(key);
    try {
      const identity = await this.#identities.identityOf(settings);
      this.#problems.delete(key);
      if (existing === undefined)
        this.#add(key, new ApplicationPool(settings, applications, identity, this.#surroundings));
      else existing.configure(settings, applications, identity);
    } catch (error) {
      if (!(error instanceof IdentityError)) throw error;
      this.#problems.set(key, error.message);
      this.#emit('pool.identity.invalid', { pool: settings.name, user: error.user, error: error.message });
      this.#emit('pool.disabled.identity', { pool: settings.name, user: error.user });
      if (existing !== undefined) existing.take({ type: 'stop', reason: 'Disabled' });
      else
        this.#surroundings.publish({ poolStates: [{ name: settings.name, state: 'stopped', reason: 'AppOffline' }] });
    }
    for (const { id, offlinePage } of applications) {
      this.#pools.get(key)?.take({ type: 'offline', application: id, page: offlinePage });
    }
  }

  /** Stops a pool that the configuration no longer has; resolves when its last process is gone. */
  async remove(name: string): Promise<void> {
    const key = poolKey(name);
    this.#problems.delete(key);
    await this.#pools.get(key)?.stop();
    this.#pools.get(key)?.destroy();
    this.#pools.delete(key);
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

  #add(key: string, pool: ApplicationPool): void {
    this.#pools.set(key, pool);
    const { poolState, applicationStates } = pool.published;
    this.#surroundings.publish({ poolStates: [poolState], applicationStates });
  }
}

/** Names of pools compare ignoring case. */
export function poolKey(name: string): string {
  return name.toLowerCase();
}
