import type { ApplicationPoolSettings } from '../../activation/revision.ts';

/** What the processes of a pool get of their user's profile. */
export interface ProfileUse {
  /** Whether they have a home at all. */
  readonly home: boolean;
  /** `profile`: below the home. `shared`: a copy that Poolhouse keeps. `memory`: nowhere, and why. */
  readonly keys: 'profile' | 'shared' | 'memory';
  readonly reason?: string;
  /** setProfileEnvironment="false" is taken for a slip: it would lose the keys of a profile that is loaded. */
  readonly assumed?: boolean;
}

/**
 * Decides it as Windows does, with two exceptions: loadUserProfile that no file sets means yes, and
 * setProfileEnvironment="false", which stock files have by accident, only counts with profileCompat="Strict".
 */
export function profileUse({ processModel, keyRing }: ApplicationPoolSettings): ProfileUse {
  const { loadUserProfile, setProfileEnvironment } = processModel;
  const strict = keyRing.profileCompat === 'Strict';
  const home = loadUserProfile && (setProfileEnvironment || !strict);
  if ('shared' in keyRing) return { home, keys: 'shared' };
  if (!loadUserProfile) return { home, keys: 'memory', reason: 'loadUserProfile is false' };
  if (!home) {
    return { home, keys: 'memory', reason: 'setProfileEnvironment is false and profileCompat is Strict' };
  }
  if (keyRing.store === 'Memory') return { home, keys: 'memory', reason: 'its key ring has store="Memory"' };
  return { home, keys: 'profile', ...(setProfileEnvironment ? {} : { assumed: true }) };
}

/** Where ASP.NET Core keeps the keys of a user, below the home. */
export const profileRing = '.aspnet/DataProtection-Keys';
