import { ticksPerDay, ticksPerSecond, type Instant } from '../time/instant.ts';
import type { Key } from './key.ts';

/** How long a new key needs until every process that shares the ring has seen it. */
export const propagationWindow = 2n * ticksPerDay;
/** How far the clocks of the machines of a farm may be apart. */
const clockSkew = 300n * ticksPerSecond;

/** What a ring is to protect with. */
export interface DefaultKeyResolution<K extends Key> {
  /** Usable and not expired; without it a new key is needed. */
  readonly defaultKey: K | undefined;
  /** Better than failing: a key that is not revoked, although it may be expired or not active yet. */
  readonly fallbackKey: K | undefined;
}

/**
 * The key for new payloads, as .NET 8, 9 and 10 choose it: of the active keys the one activated last, whether or not
 * every machine has had the time to see it. When that one is revoked or cannot be used, no older one becomes the
 * default: activating it retired them.
 *
 * @param canUse whether a key's secret can be had; asked of few keys, because it may take long
 */
export async function resolveDefaultKey<K extends Key>(
  keys: readonly K[],
  now: Instant,
  canUse: (key: K) => Promise<boolean>,
): Promise<DefaultKeyResolution<K>> {
  const candidate = preferred(keys, now);
  if (candidate !== undefined && !candidate.isRevoked && candidate.expirationDate > now && (await canUse(candidate))) {
    return { defaultKey: candidate, fallbackKey: undefined };
  }
  for (const key of fallbacks(keys, candidate, now)) {
    if (await canUse(key)) return { defaultKey: undefined, fallbackKey: key };
  }
  return { defaultKey: undefined, fallbackKey: undefined };
}

function preferred<K extends Key>(keys: readonly K[], now: Instant): K | undefined {
  const active = keys.filter(({ activationDate }) => activationDate <= now + clockSkew);
  const [latest] = active.toSorted((a, b) => order(b.activationDate, a.activationDate) || order(a.keyId, b.keyId));
  return latest;
}

/** Those first that every machine has had the time to see; as in .NET, the refused key only if it is none of them. */
function fallbacks<K extends Key>(keys: readonly K[], refused: K | undefined, now: Instant): K[] {
  const cut = now - propagationWindow;
  const usable = keys.filter(({ isRevoked }) => !isRevoked);
  const propagated = usable.filter((key) => key.creationDate <= cut && key !== refused);
  const fresh = usable.filter(({ creationDate }) => creationDate > cut);
  return [
    ...propagated.toSorted((a, b) => order(b.creationDate, a.creationDate)),
    ...fresh.toSorted((a, b) => order(a.creationDate, b.creationDate)),
  ];
}

// .NET orders GUIDs by their fields as unsigned numbers, which is the order of their text.
function order<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
