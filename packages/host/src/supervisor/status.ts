import type { RequestFailure } from '@poolhouse/contract';
import { bindingUrl } from './binding-url.ts';
import type { Revision, SiteSettings } from './activation/revision.ts';
import type { BindingProblem, Endpoint } from './endpoints/index.ts';
import type { GatewayFleet } from './gateways/index.ts';
import type { KeyRings } from './key-rings/index.ts';
import type {
  GatewaySnapshot,
  Health,
  ObjectState,
  PoolSnapshot,
  SiteSnapshot,
  StatusSnapshot,
  WorkerSnapshot,
} from './management/operations.ts';
import { slotCount, type ApplicationPool, type PoolState, type WorkerProcess } from './pools/index.ts';

/** Facts of the running supervisor that a status is made of. */
export interface StatusSource {
  readonly version: string;
  readonly configuration: string;
  readonly startedAt: number;
  readonly state: ObjectState;
  readonly revision: Revision | undefined;
  readonly pools: readonly ApplicationPool[];
  /** Why pools cannot run, by name in lower case. */
  readonly poolProblems: ReadonlyMap<string, string>;
  readonly keyRings: Pick<KeyRings, 'of'>;
  readonly fleet: GatewayFleet | undefined;
  readonly endpoints: readonly Endpoint[];
  readonly bindingProblems: readonly BindingProblem[];
  readonly clock: Clock;
}

/** The clock of the pools, which never jumps, and the one on the wall. */
export interface Clock {
  readonly now: () => number;
  readonly wallClock: () => number;
}

/** A read-only picture for the API; made of what is in memory. */
export function takeStatus(source: StatusSource): StatusSnapshot {
  const { revision } = source;
  const pools = source.pools.map((pool) =>
    poolSnapshot(pool, source.fleet?.waiting(pool.state.settings.name) ?? 0, source.keyRings, source.clock),
  );
  const sites = (revision?.sites ?? []).map((site) => siteSnapshot(site, source));
  const worst = worstOf([
    ...sites,
    ...pools,
    ...(revision?.diagnostics.some(isError) === true ? [{ health: 'degraded' as const }] : []),
  ]);
  return {
    version: source.version,
    node: process.versions.node,
    pid: process.pid,
    startedAt: wallTime(source.startedAt, source.clock),
    state: source.state,
    health: worst,
    revision: revision?.number ?? 0,
    configuration: source.configuration,
    sites,
    pools,
    gateways: (source.fleet?.gateways ?? []).map(gatewaySnapshot),
    listeners: source.endpoints.map(({ address, port, protocol }) => ({ address, port, protocol })),
    diagnostics: revision?.diagnostics ?? [],
  };
}

export function poolSnapshot(
  { state, user }: Pick<ApplicationPool, 'state' | 'user'>,
  waiting: number,
  keyRings: Pick<KeyRings, 'of'>,
  clock: Clock,
): PoolSnapshot {
  const { settings, lastExit } = state;
  const failure = standingFailure(state, clock.now());
  const keyRing = keyRings.of(settings.name);
  // Keys in memory are what the file says; that those of a farm cannot be had is a failure.
  const lacksKeys = keyRing?.problem !== undefined && keyRing.store !== 'memory';
  const itself = poolHealth(state, failure !== undefined);
  const health = lacksKeys && (itself === 'healthy' || itself === 'idle') ? 'degraded' : itself;
  const reason = state.reason ?? failure?.title ?? (lacksKeys ? `key ring: ${keyRing.problem}` : undefined);
  return {
    name: settings.name,
    state: state.status,
    health,
    ...(reason === undefined ? {} : { reason }),
    startMode: settings.startMode,
    generation: state.generation,
    slots: slotCount(settings),
    workers: state.processes.map((process) => workerSnapshot(process, user, clock)),
    queue: { waiting, limit: settings.queueLength },
    ...(lastExit === undefined ? {} : { lastExit: { ...lastExit, at: wallTime(lastExit.at, clock) } }),
    restarts: state.restarts,
    ...(keyRing === undefined ? {} : { keyRing }),
  };
}

function standingFailure({ failures }: PoolState, now: number): RequestFailure | undefined {
  return Object.values(failures).find(({ failure, until }) => failure !== undefined && until > now)?.failure;
}

function poolHealth(state: PoolState, failing: boolean): Health {
  if (state.status !== 'started') return state.reason === 'Disabled' ? 'idle' : 'failed';
  const running = state.processes.filter(({ phase }) => phase === 'running');
  if (failing) return running.length > 0 ? 'degraded' : 'failed';
  if (state.processes.length === 0) return 'idle';
  if (state.processes.some(({ phase }) => phase !== 'running')) return running.length > 0 ? 'recycling' : 'unknown';
  return 'healthy';
}

function workerSnapshot(process: WorkerProcess, user: string, clock: Clock): WorkerSnapshot {
  return {
    pid: process.pid ?? 0,
    ...{ slot: process.slot, generation: process.generation, application: process.application },
    kind: process.hosting.kind,
    ...workerState(process),
    user,
    startedAt: wallTime(process.spawnedAt, clock),
    ...{ active: process.active, served: process.served, memoryBytes: process.memoryBytes?.resident ?? null },
  };
}

function workerState({ phase }: WorkerProcess): Pick<WorkerSnapshot, 'state' | 'health'> {
  switch (phase) {
    case 'launching':
    case 'starting':
      return { state: 'starting', health: 'warming' };
    case 'running':
      return { state: 'running', health: 'healthy' };
    case 'retiring':
    case 'drained':
      return { state: 'running', health: 'draining' };
    case 'stopping':
    case 'killing':
      return { state: 'stopping', health: 'draining' };
  }
}

/** A time of the pools' clock as the wall shows it: what was said before the clock was set agrees with what is said now. */
function wallTime(at: number, { now, wallClock }: Clock): string {
  return new Date(at + wallClock() - now()).toISOString();
}

function siteSnapshot(site: SiteSettings, source: StatusSource): SiteSnapshot {
  const problem = source.bindingProblems.find((each) => each.site.id === site.id);
  const stopped = problem !== undefined || !site.serverAutoStart;
  const poolProblem = site.applications
    .map(({ pool }) => source.poolProblems.get(pool.toLowerCase()))
    .find((text) => text !== undefined);
  const reason = problem?.message ?? poolProblem;
  return {
    name: site.name,
    id: site.id,
    state: stopped ? 'stopped' : 'started',
    health: problem !== undefined ? 'failed' : poolProblem !== undefined ? 'degraded' : stopped ? 'idle' : 'healthy',
    ...(reason === undefined ? {} : { reason }),
    bindings: site.bindings.map(({ protocol, address, port, host }) => `${protocol}/${address}:${port}:${host}`),
    urls: site.bindings.map(bindingUrl),
    applications: site.applications.map(({ id, path, pool, physicalPath, hosting }) => ({
      ...{ id, path, pool, physicalPath },
      ...(hosting === undefined ? {} : { hostingModel: hosting.hostingModel }),
    })),
  };
}

function gatewaySnapshot({ pid, state, connections }: GatewayFleet['gateways'][number]): GatewaySnapshot {
  const states = { starting: 'starting', listening: 'running', draining: 'stopping' } as const;
  return { pid, connections, state: states[state] };
}

function worstOf(parts: readonly { readonly health: Health }[]): Health {
  const any = (health: Health): boolean => parts.some((part) => part.health === health);
  if (any('failed') || any('degraded')) return 'degraded';
  return any('recycling') ? 'recycling' : 'healthy';
}

function isError({ severity }: { readonly severity: string }): boolean {
  return severity === 'error';
}
