import type { PoolSnapshot, StatusSnapshot } from '../supervisor/management/index.ts';
import type { AdminClient } from './admin-client.ts';
import { CommandError } from './command-error.ts';
import { exitCodes } from './exit-codes.ts';
import { nearest } from './nearest.ts';

/** Does something with a pool by its name; when there is none of that name, says which may have been meant. */
export async function actOnPool(client: AdminClient, pool: string, action: string): Promise<PoolSnapshot> {
  try {
    return await client.post<PoolSnapshot>(`/api/v1/pools/${encodeURIComponent(pool)}/${action}`);
  } catch (error) {
    throw await withPoolNames(client, pool, error);
  }
}

/** Adds the pools that there are to a `not-found`; any other error stays as it is. */
export async function withPoolNames(client: AdminClient, pool: string, error: unknown): Promise<unknown> {
  if (!(error instanceof CommandError) || error.exit !== exitCodes['not-found'].code) return error;
  const { pools } = await client.get<StatusSnapshot>('/api/v1/status');
  const meant = nearest(
    pool,
    pools.map(({ name }) => name),
  );
  return new CommandError(error, error.message, [
    ...(meant.length > 0 ? [['did you mean', meant.join(' or ')] as const] : []),
    ['try', 'poolhouse pool list'],
  ]);
}
