import type { KeyFacts } from '../../supervisor/key-rings/index.ts';
import type { PoolRing } from './ring-access.ts';

/** A ring as `keys list` tells it. Nothing of it is secret. */
export interface RingDescription {
  readonly pool: string;
  readonly store: PoolRing['store'];
  readonly place: string;
  readonly keys: readonly KeyFacts[];
  readonly problem?: string;
}

/** Describes rings, each as the user whom it belongs to. One that several pools share is read once. */
export async function describeRings(rings: readonly PoolRing[]): Promise<readonly RingDescription[]> {
  const found = new Map<string, Pick<RingDescription, 'keys' | 'problem'>>();
  for (const ring of rings) {
    if (!found.has(ring.identity)) found.set(ring.identity, await describe(ring));
  }
  return rings.map((ring) => ({
    ...{ pool: ring.pool, store: ring.store, place: ring.place },
    ...(found.get(ring.identity) as Pick<RingDescription, 'keys' | 'problem'>),
  }));
}

async function describe({ access, problem }: PoolRing): Promise<Pick<RingDescription, 'keys' | 'problem'>> {
  if (access === undefined) return { keys: [], problem: problem ?? 'it cannot be read' };
  const { askKeeper } = await import('../../supervisor/key-rings/index.ts');
  const answer = await askKeeper({ ...access.material, action: { type: 'describe' } }, access.credentials);
  if (!answer.ok) return { keys: [], problem: answer.error };
  return { keys: answer.keys, ...(answer.problem === undefined ? {} : { problem: answer.problem }) };
}
