import { dateOf, elementFacts } from '@poolhouse/data-protection/administration';
import type { KeyFacts } from '../keeper-job.ts';
import type { Ring } from './ring.ts';

/** The keys of a ring, oldest first, and why none of them can be used, if so. Makes none. */
export async function describeRing(ring: Ring): Promise<{ keys: readonly KeyFacts[]; problem?: string }> {
  const elements = await ring.store.repository.getAllElements();
  const facts = new Map(
    elements.flatMap((element) => {
      const found = element.name === 'key' ? elementFacts(element) : undefined;
      return found?.kind === 'key' ? [[found.keyId, found] as const] : [];
    }),
  );
  using provider = ring.provider(false);
  const keys = await provider.keyManager.getAllKeys();
  const defaultKeyId = await defaultKeyOf(ring);
  const { autoGenerate, place } = ring.job;
  const isMade = autoGenerate || (place.store === 'Folder' && place.local);
  return {
    // Where keys are made when they are needed, it is no problem that one is needed.
    ...(defaultKeyId !== undefined || isMade ? {} : { problem: withoutDefault }),
    keys: keys
      .toSorted((left, right) => Number(left.creationDate - right.creationDate))
      .map(({ keyId, creationDate, activationDate, expirationDate, isRevoked }) => ({
        id: keyId,
        created: dateOf(creationDate).toISOString(),
        activates: dateOf(activationDate).toISOString(),
        expires: dateOf(expirationDate).toISOString(),
        revoked: isRevoked,
        default: keyId === defaultKeyId,
        algorithm: facts.get(keyId)?.algorithm ?? '',
        protection: facts.get(keyId)?.protection ?? '',
      })),
  };
}

const withoutDefault =
  'it has no key that can protect anything now, and this machine makes none (autoGenerate="false"): ' +
  'let another one make it, or use poolhouse keys create --activate-in 0';

async function defaultKeyOf(ring: Ring): Promise<string | undefined> {
  using provider = ring.provider(false, true);
  return await provider.keyRings.current().then(
    (current) => current.defaultKeyId,
    () => undefined,
  );
}
