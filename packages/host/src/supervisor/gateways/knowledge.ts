import type { ApplicationState, Knowledge, Plan, PoolState, Upstream } from '@poolhouse/contract';

/** Everything a new gateway must be told, kept up to date with what the others are told step by step. */
export interface GatewayKnowledge {
  readonly number: number;
  readonly plan: Plan;
  readonly poolStates: readonly PoolState[];
  readonly applicationStates: readonly ApplicationState[];
  /** Addresses that may be dispatched to: a retired one is not told to a new gateway. */
  readonly upstreams: readonly Upstream[];
}

/** The knowledge after a step. An idle retire stays in it until it is certain: a gateway may answer `busy`. */
export function learn(knowledge: GatewayKnowledge, step: Knowledge): GatewayKnowledge {
  const { plan } = knowledge;
  const goneApplications = new Set(
    [...(step.sites?.map(({ id }) => id) ?? []), ...(step.removedSites ?? [])].flatMap((id) =>
      applicationsOf(plan, id),
    ),
  );
  const stillThere = new Set(step.sites?.flatMap((site) => site.applications.map(({ id }) => id)));
  const gone = new Set([...(step.onlyIfIdle === true ? [] : (step.retire ?? [])), ...(step.remove ?? [])]);
  return {
    number: knowledge.number + 1,
    plan: {
      sites: replace(plan.sites, step.sites, step.removedSites, ({ id }) => id),
      pools: replace(plan.pools, step.pools, step.removedPools, ({ name }) => name),
      limits: plan.limits,
    },
    poolStates: replace(knowledge.poolStates, step.poolStates, step.removedPools, ({ name }) => name),
    applicationStates: replace(
      knowledge.applicationStates.filter(({ id }) => !goneApplications.has(id) || stillThere.has(id)),
      step.applicationStates,
      undefined,
      ({ id }) => id,
    ),
    upstreams: replace(
      knowledge.upstreams.filter(({ id }) => !gone.has(id)),
      step.add,
      undefined,
      ({ id }) => id,
    ),
  };
}

function applicationsOf(plan: Plan, siteId: number): string[] {
  return plan.sites.find(({ id }) => id === siteId)?.applications.map(({ id }) => id) ?? [];
}

function replace<Item, Key>(
  items: readonly Item[],
  changed: readonly Item[] | undefined,
  removed: readonly Key[] | undefined,
  keyOf: (item: Item) => Key,
): readonly Item[] {
  if (changed === undefined && removed === undefined) return items;
  const out = new Set([...(removed ?? []), ...(changed ?? []).map(keyOf)]);
  return [...items.filter((item) => !out.has(keyOf(item))), ...(changed ?? [])];
}
