import type { Credentials } from '../../linux/index.ts';
import { printable } from '../../logging/index.ts';
import type { ApplicationPoolSettings } from '../../supervisor/activation/index.ts';
import { fileLocations, type FileLocations } from '../../supervisor/file-locations.ts';
import type {
  KeeperAction,
  KeeperAnswer,
  KeeperJob,
  KeyRingSnapshot,
  RingMaterial,
} from '../../supervisor/key-rings/index.ts';
import type { OptionValues, System } from '../command.ts';
import { commandError } from '../command-error.ts';
import { configurationFile } from '../configuration-file.ts';
import { formatDiagnostics } from '../diagnostic-lines.ts';
import { nearest } from '../nearest.ts';
import type { Output } from '../output.ts';
import type { ringOptions } from './options.ts';

/** The ring of one pool, and how to get at it. */
export interface PoolRing {
  readonly pool: string;
  readonly store: KeyRingSnapshot['store'];
  /** For people: `/var/lib/…/DataProtection-Keys`, `Redis at cache.example:6379`. */
  readonly place: string;
  /** Rings with the same text are one. */
  readonly identity: string;
  /** Undefined when there is none; `problem` says why. */
  readonly access: { readonly material: RingMaterial; readonly credentials: Credentials | undefined } | undefined;
  readonly problem?: string;
}

/** The rings of a configuration, whether Poolhouse runs or not. */
export interface RingAccess {
  readonly locations: FileLocations;
  readonly pools: readonly ApplicationPoolSettings[];
  /** @throws CommandError `pool-not-found` */
  ringOf(pool: string): Promise<PoolRing>;
  all(): Promise<readonly PoolRing[]>;
  /**
   * Has a keeper do what concerns no ring. It runs as the user of shared rings: passphrases, and certificates that open
   * other rings as well, are not for a process of a pool's user.
   *
   * @throws CommandError `key-ring-failed`
   */
  actWithoutRing(action: KeeperAction): Promise<Done>;
}

type Done = Extract<KeeperAnswer, { ok: true }>;

export type RingOptionValues = OptionValues<typeof ringOptions>;

/**
 * Loads the configuration as `check` does and finds the rings of its pools.
 *
 * @param make users and homes that are not there yet
 * @throws CommandError `configuration-unusable`
 */
export async function ringAccess(options: RingOptionValues, system: System, make: boolean): Promise<RingAccess> {
  const { environment, uid, home, workingDirectory } = system;
  const { config, state, run } = options;
  const chosen = fileLocations({ environment, uid, home, workingDirectory, flags: { config, state, run } });
  const locations = { ...chosen, configuration: configurationFile(chosen.configuration) };
  // Loaded only here: the commands that ask a running Poolhouse must not wait for the parts that read files.
  const separateUsers = uid === 0 && options['allow-root'] !== true;
  const [{ loaderFor }, { ringsOf }, { IdentityProvider, gatewayUserName }, { findUser }] = await Promise.all([
    import('../loader.ts'),
    import('./rings-of.ts'),
    import('../../supervisor/pools/index.ts'),
    import('../../linux/index.ts'),
  ]);
  const load = loaderFor(locations, system, {
    separateUsers,
    contentUser: async () => findUser(gatewayUserName) ?? findUser('nobody'),
  });
  const loaded = await load(undefined);
  if ('errors' in loaded) {
    throw commandError(
      'configuration-unusable',
      `the configuration cannot be used\n${formatDiagnostics(loaded.errors)}`,
    );
  }
  const { pools } = loaded.revision;
  const identities = new IdentityProvider(separateUsers, locations.state);
  const ring = ringsOf(identities, separateUsers, make);
  return {
    locations,
    pools,
    ringOf: (name) => ring(poolNamed(pools, name)),
    all: () => Promise.all(pools.map(ring)),
    async actWithoutRing(action) {
      const material = { place: { store: 'None' }, autoGenerate: false, olderCertificates: [] } as const;
      return ask({ ...material, action }, await identities.keeperUser(), '');
    },
  };
}

/**
 * Does one thing to a ring, as the user whom it belongs to. Warnings go to stderr.
 *
 * @throws CommandError `no-key-ring`, `key-ring-failed`
 */
export async function actOnRing(ring: PoolRing, action: KeeperAction, output: Output): Promise<Done> {
  if (ring.access === undefined) throw withoutRing(ring);
  const { material, credentials } = ring.access;
  const answer = await ask({ ...material, action }, credentials, `key ring of pool ${ring.pool} (${ring.place}): `);
  for (const warning of answer.warnings) output.say(`warning: ${printable(warning)}`);
  return answer;
}

/** @param what the message of a failure begins with */
async function ask(job: KeeperJob, credentials: Credentials | undefined, what: string): Promise<Done> {
  const { askKeeper } = await import('../../supervisor/key-rings/index.ts');
  const answer = await askKeeper(job, credentials).catch((error: unknown) => ({
    ...{ ok: false as const, error: error instanceof Error ? error.message : String(error) },
  }));
  if (answer.ok) return answer;
  throw commandError('key-ring-failed', what + answer.error);
}

function withoutRing({ pool, store, problem = 'its keys live in memory' }: PoolRing) {
  if (store !== 'memory') return commandError('key-ring-failed', `key ring of pool ${pool}: ${problem}`);
  return commandError('no-key-ring', `pool ${pool} has no key ring, because ${problem}`, [
    ['try', 'loadUserProfile="true" in its processModel, or a store for it in <dataProtection>'],
  ]);
}

function poolNamed(pools: readonly ApplicationPoolSettings[], name: string): ApplicationPoolSettings {
  const found = pools.find((pool) => pool.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const names = pools.map((pool) => pool.name);
  const meant = nearest(name, names);
  throw commandError('pool-not-found', `the configuration has no pool ${JSON.stringify(name)}`, [
    meant.length > 0 ? ['did you mean', meant.join(' or ')] : ['known', names.join(', ')],
  ]);
}
