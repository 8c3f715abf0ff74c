import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { ApplicationPoolSettings } from '../../supervisor/activation/index.ts';
import { namedFiles, serverFiles } from '../../supervisor/activation/reading/own-files.ts';
import { placeName, ringMaterial } from '../../supervisor/key-rings/index.ts';
import { profileRing, profileUse, type IdentityProvider } from '../../supervisor/pools/index.ts';
import type { PoolRing } from './ring-access.ts';

/** Finds the ring of a pool. What is wrong with one is said in it: the rings of the others are there all the same. */
export function ringsOf(
  identities: IdentityProvider,
  separateUsers: boolean,
  make: boolean,
): (pool: ApplicationPoolSettings) => Promise<PoolRing> {
  const files = separateUsers ? serverFiles() : namedFiles();

  async function shared(pool: ApplicationPoolSettings): Promise<PoolRing> {
    const { keyRing } = pool;
    if (!('shared' in keyRing)) throw new TypeError('not a shared ring');
    const named = {
      ...{ pool: pool.name, place: placeName(keyRing.store, keyRing.shared) },
      store: keyRing.store.toLowerCase() as PoolRing['store'],
      identity: JSON.stringify([keyRing.store, keyRing.shared]),
    };
    try {
      const credentials = make ? await identities.keeperUser() : identities.existingKeeperUser();
      if (separateUsers && credentials === undefined) throw new Error(`its user is not there yet; ${remedy(pool)}`);
      const material = await ringMaterial(keyRing.store, keyRing.shared, files);
      return { ...named, access: { material, credentials } };
    } catch (error) {
      return { ...named, access: undefined, problem: messageOf(error) };
    }
  }

  async function local(pool: ApplicationPoolSettings): Promise<PoolRing> {
    const named = { pool: pool.name, store: 'profile' } as const;
    try {
      const identity = make ? await identities.identityOf(pool) : identities.existingIdentity(pool);
      if (identity === undefined) throw new Error(`its user is not there yet; ${remedy(pool)}`);
      if (identity.credentials === undefined) refuseForeignHome(identity.profile.home);
      const path = join(identity.profile.home, profileRing);
      const material = {
        place: { store: 'Folder', path, local: true },
        ...{ autoGenerate: false, olderCertificates: [] },
      } as const;
      return { ...named, place: path, identity: path, access: { material, credentials: identity.credentials } };
    } catch (error) {
      return { ...named, place: '-', identity: pool.name, access: undefined, problem: messageOf(error) };
    }
  }

  return async (pool) => {
    const { keys, reason = '' } = profileUse(pool);
    if (keys === 'shared') return shared(pool);
    if (keys === 'profile') return local(pool);
    return {
      pool: pool.name,
      store: 'memory',
      place: 'memory',
      identity: pool.name,
      access: undefined,
      problem: reason,
    };
  };
}

/** Without a user for each pool a keeper is who we are, and as root it would follow the links of a home that is not ours. */
function refuseForeignHome(home: string): void {
  const owner = lstatSync(home, { throwIfNoEntry: false })?.uid;
  if (process.geteuid?.() !== 0 || owner === undefined || owner === 0) return;
  throw new Error(`${home} belongs to user ${owner}, and root must not work in it: leave out --allow-root`);
}

function remedy({ name }: ApplicationPoolSettings): string {
  return `poolhouse keys provision ${name} makes it`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
