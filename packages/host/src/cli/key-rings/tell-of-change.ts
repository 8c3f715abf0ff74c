import { printable } from '../../logging/index.ts';
import type { PoolKeyRingSnapshot } from '../../supervisor/management/index.ts';
import type { System } from '../command.ts';
import { CommandError, commandErrors } from '../command-error.ts';
import { connectAdmin } from '../connect-admin.ts';
import type { Output } from '../output.ts';
import type { PoolRing, RingAccess } from './ring-access.ts';

/** Lets a running Poolhouse read a ring again that it keeps copies of, and says when applications notice the change. */
export async function tellOfChange(ring: PoolRing, access: RingAccess, system: System, output: Output): Promise<void> {
  if (ring.store !== 'profile' && !(await refreshed(access, ring, system, output))) return;
  output.say(
    `Applications read their ring once a day; to let those of ${ring.pool} see it at once: poolhouse recycle ${ring.pool}`,
  );
}

/** False when no Poolhouse runs there. */
async function refreshed(access: RingAccess, ring: PoolRing, system: System, output: Output): Promise<boolean> {
  try {
    const client = await connectAdmin(system, access.locations.run);
    const { items } = await client.post<{ items: readonly PoolKeyRingSnapshot[] }>('/api/v1/key-rings/refresh');
    const problem = items.find(({ pool }) => pool.toLowerCase() === ring.pool.toLowerCase())?.problem;
    if (problem !== undefined) output.say(`warning: Poolhouse could not load the ring again: ${printable(problem)}`);
    return true;
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== commandErrors.unreachable.code) throw error;
    output.say('No Poolhouse is running there; its pools get the keys when it starts.');
    return false;
  }
}
