import { latestInstant, ticksPerDay, type Instant } from '../time/instant.ts';
import { propagationWindow, resolveDefaultKey } from './default-key.ts';
import type { Key } from './key.ts';

/** How long a ring is used before it is read again; each time a random part of up to a fifth is taken off. */
export const refreshPeriod = ticksPerDay;

/** When a key to be generated becomes active and expires. */
export interface NewKeyDates {
  readonly activationDate: Instant;
  readonly expirationDate: Instant;
}

/**
 * Whether a ring needs a new key now: it has no default key, or the default key expires before every process could be
 * sure to have seen a successor that was made at the next refresh.
 *
 * @param lifetime of a new key, counted from now even when it becomes active later, as ASP.NET Core does
 */
export async function newKeyDates<K extends Key>(
  keys: readonly K[],
  defaultKey: K | undefined,
  now: Instant,
  lifetime: Instant,
  canUse: (key: K) => Promise<boolean>,
): Promise<NewKeyDates | undefined> {
  const end = now + lifetime;
  const expirationDate = end < latestInstant ? end : latestInstant;
  if (defaultKey === undefined) return { activationDate: now, expirationDate };
  const horizon = now + refreshPeriod + propagationWindow;
  if (defaultKey.expirationDate >= horizon) return undefined;
  const successor = (await resolveDefaultKey(keys, defaultKey.expirationDate, canUse)).defaultKey;
  if (successor !== undefined && successor.expirationDate >= horizon) return undefined;
  return { activationDate: defaultKey.expirationDate, expirationDate };
}
