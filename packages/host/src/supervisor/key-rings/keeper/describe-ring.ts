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
  const standing = await defaultKeyOf(provider);
  return {
    ...(standing.problem === undefined || keys.length === 0 ? {} : { problem: standing.problem }),
    keys: keys
      .toSorted((left, right) => Number(left.creationDate - right.creationDate))
      .map(({ keyId, creationDate, activationDate, expirationDate, isRevoked }) => ({
        id: keyId,
        created: dateOf(creationDate).toISOString(),
        activates: dateOf(activationDate).toISOString(),
        expires: dateOf(expirationDate).toISOString(),
        revoked: isRevoked,
        default: keyId === standing.keyId,
        algorithm: facts.get(keyId)?.algorithm ?? '',
        protection: facts.get(keyId)?.protection ?? '',
      })),
  };
}

async function defaultKeyOf(provider: ReturnType<Ring['provider']>): Promise<{ keyId?: string; problem?: string }> {
  try {
    return { keyId: (await provider.keyRings.current()).defaultKeyId };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
