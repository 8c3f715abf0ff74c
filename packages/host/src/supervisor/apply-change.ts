import type { Emit } from '../logging/index.ts';
import type { ApplicationSettings, Revision, RevisionChange } from './activation/index.ts';
import type { GatewayFleet } from './gateways/index.ts';
import { poolKey, type PoolSet } from './pool-set.ts';

/**
 * Makes a running host what the next revision says, and touches nothing else:
 *
 *   1. pools that are new or changed, with their applications as they are now
 *   2. the plan, in one step, so that no gateway knows half of it
 *   3. pools recycle and applications restart, overlapping
 *   4. pools that are gone drain and end, in the background
 */
export async function applyChange(
  change: RevisionChange,
  after: Revision,
  pools: PoolSet,
  fleet: GatewayFleet,
  emit: Emit,
): Promise<void> {
  // 1.
  for (const name of affectedPools(change)) {
    const settings = after.pools.find((pool) => poolKey(pool.name) === name);
    if (settings !== undefined) await pools.set(settings, applicationsOf(after, name));
  }

  // 2.
  const { limits, ...plan } = change.plan;
  fleet.publish(plan);
  if (limits !== undefined) fleet.setLimits(limits);

  // 3.
  for (const { after: settings, action } of change.pools.changed) {
    if (action === 'recycle') pools.get(settings.name)?.take({ type: 'recycle', reason: 'configchange' });
  }
  const recycled = new Set(
    change.pools.changed.filter(({ action }) => action === 'recycle').map((pool) => poolKey(pool.after.name)),
  );
  for (const { after: application, action } of change.applications.changed) {
    if (action === 'live' || recycled.has(poolKey(application.pool))) continue;
    const reason = action === 'move' ? 'it has another pool or folder' : 'its configuration changed';
    pools.get(application.pool)?.take({ type: 'restartApplication', application: application.id, reason });
  }

  // 4.
  for (const { name } of change.pools.removed) {
    pools.remove(name).catch((error: unknown) => {
      emit('supervisor.task_failed', { task: `removing pool ${name}`, error: String(error) });
    });
  }
}

/** Applications of a revision that belong to a pool, in configuration order. */
export function applicationsOf(revision: Revision, pool: string): ApplicationSettings[] {
  return revision.sites
    .flatMap((site) => site.applications)
    .filter((application) => poolKey(application.pool) === poolKey(pool));
}

function affectedPools({ pools, applications }: RevisionChange): ReadonlySet<string> {
  const touched = [
    ...applications.added,
    ...applications.removed,
    ...applications.changed.flatMap(({ before, after }) => [before, after]),
  ];
  return new Set(
    [...pools.added, ...pools.changed.map(({ after }) => after)]
      .map(({ name }) => poolKey(name))
      .concat(touched.map(({ pool }) => poolKey(pool))),
  );
}
