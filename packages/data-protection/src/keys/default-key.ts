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
 * The key for new payloads, by the rules of .NET 9 and later: of the active keys the one activated last among those
 * that every machine has had the time to see, else the oldest of the others, on which all machines agree first.
 * A newer key that is revoked or cannot be used makes no older one the default: activating it retired them.
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
  for (const key of fallbacks(keys, now)) {
    if (key !== candidate && (await canUse(key))) return { defaultKey: undefined, fallbackKey: key };
  }
  return { defaultKey: undefined, fallbackKey: undefined };
}

function preferred<K extends Key>(keys: readonly K[], now: Instant): K | undefined {
  const [propagated, fresh] = parted(
    keys.filter(({ activationDate }) => activationDate <= now + clockSkew),
    now,
  );
  const [latest] = propagated.toSorted((a, b) => order(b.activationDate, a.activationDate) || order(a.keyId, b.keyId));
  const [earliest] = fresh.toSorted((a, b) => order(a.activationDate, b.activationDate) || order(a.keyId, b.keyId));
  return latest ?? earliest;
}

function fallbacks<K extends Key>(keys: readonly K[], now: Instant): K[] {
  const [propagated, fresh] = parted(
    keys.filter(({ isRevoked }) => !isRevoked),
    now,
  );
  return [
    ...propagated.toSorted((a, b) => order(b.creationDate, a.creationDate)),
    ...fresh.toSorted((a, b) => order(a.creationDate, b.creationDate)),
  ];
}

function parted<K extends Key>(keys: readonly K[], now: Instant): [propagated: K[], fresh: K[]] {
  const cut = now - propagationWindow;
  return [keys.filter((key) => key.creationDate <= cut), keys.filter((key) => key.creationDate > cut)];
}

// .NET orders GUIDs by their fields as unsigned numbers, which is the order of their text.
function order<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
