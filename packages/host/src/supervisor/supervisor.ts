import type { Plan } from '@poolhouse/contract';
import { OutputFile, RunRecord } from '../linux/index.ts';
import type { EventLog } from '../logging/index.ts';
import type {
  ApplicationPoolSettings,
  ApplicationSettings,
  ConfigurationDiagnostic,
  Revision,
} from './activation/revision.ts';
import { openEndpoints, type BindingProblem, type Endpoint } from './endpoints/index.ts';
import type { FileLocations } from './file-locations.ts';
import { GatewayFleet, type GatewayLaunch } from './gateways/index.ts';
import {
  OperationRefused,
  type OutputFile as OutputFileSnapshot,
  type PoolSnapshot,
  type StatusSnapshot,
  type SupervisorOperations,
} from './management/operations.ts';
import {
  ApplicationPool,
  IdentityError,
  IdentityProvider,
  type HostFacts,
  type PoolSurroundings,
  type PoolState,
} from './pools/index.ts';
import { poolSnapshot, takeStatus } from './status.ts';

export interface SupervisorOptions {
  readonly version: string;
  readonly locations: FileLocations;
  /** Loads the configuration; `previous` is the revision in force. */
  readonly load: (previous: Revision | undefined) => Promise<LoadResult>;
  readonly events: EventLog;
  /** Number of gateway processes. */
  readonly gateways: number;
  /** One user per pool (root); otherwise everything runs as the current user. */
  readonly separateUsers: boolean;
  /** How often idle slots are looked for, milliseconds. Default 60,000, as on IIS. */
  readonly idleCheckMs?: number;
  /** Compiled entry of the gateway process. */
  readonly gatewayEntry: string;
  /** Variables that every process gets: `PATH`, `LANG`, `TZ`. */
  readonly baseEnvironment: Readonly<Record<string, string>>;
}

export type LoadResult = { readonly revision: Revision } | { readonly errors: readonly ConfigurationDiagnostic[] };

/** The server-level configuration cannot be used; nothing was started. */
export class ConfigurationError extends Error {
  readonly errors: readonly ConfigurationDiagnostic[];

  constructor(errors: readonly ConfigurationDiagnostic[]) {
    super(errors.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'));
    this.errors = errors;
  }
}

/** How often the pools look at their limits, milliseconds. */
const tickMs = 500;

/** Most time that clients get to finish at the end of the supervisor, beyond the longest shutdownTimeLimit, milliseconds. */
const stopReserveMs = 5_000;

/**
 * The supervisor: the only process that may be root. It opens no request and parses no byte of the
 * network; it owns the configuration, the listening sockets, every child process, and all decisions.
 *
 *   start   1. take the run folder   2. load the configuration   3. make the pools
 *           4. open the endpoints    5. start the gateways       6. tick
 *   stop    1. refuse new clients    2. stop the pools           3. end the gateways
 */
export class Supervisor implements SupervisorOperations {
  readonly events: EventLog;
  readonly #options: SupervisorOptions;
  readonly #identities: IdentityProvider;
  readonly #pools = new Map<string, ApplicationPool>();
  readonly #poolProblems = new Map<string, string>();
  readonly #startedAt = Date.now();
  #state: StatusSnapshot['state'] = 'starting';
  #revision: Revision | undefined;
  #record: RunRecord | undefined;
  #fleet: GatewayFleet | undefined;
  #endpoints: readonly Endpoint[] = [];
  #bindingProblems: readonly BindingProblem[] = [];
  #surroundings: PoolSurroundings | undefined;
  #gatewayOutput: OutputFile | undefined;
  #ticker: NodeJS.Timeout | undefined;
  #processNumber = 0;
  #starting: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.events = options.events;
    this.#identities = new IdentityProvider(options.separateUsers, options.locations.state);
  }

  /**
   * Starts everything, or nothing.
   *
   * @throws ConfigurationError, SupervisorRunningError, or what the system said
   */
  async start(): Promise<void> {
    this.#starting = this.#startAll();
    await this.#starting;
  }

  async #startAll(): Promise<void> {
    const { locations, version, events } = this.#options;
    const { record, leftovers } = RunRecord.take(locations.run);
    this.#record = record;
    try {
      if (leftovers > 0) events.emit('supervisor.leftovers_ended', { count: leftovers });
      const revision = await this.#loadFirst();
      await this.#assemble(revision);
    } catch (error) {
      this.#destroy();
      throw error;
    }
    this.#state = 'started';
    this.#ticker = setInterval(() => this.#tick(), tickMs);
    this.#tick();
    events.emit('supervisor.started', { version, pid: process.pid });
  }

  status(): StatusSnapshot {
    return takeStatus({
      version: this.#options.version,
      configuration: this.#options.locations.configuration,
      startedAt: this.#startedAt,
      state: this.#state,
      revision: this.#revision,
      pools: this.#pools,
      poolProblems: this.#poolProblems,
      fleet: this.#fleet,
      endpoints: this.#endpoints,
      bindingProblems: this.#bindingProblems,
    });
  }

  async recyclePool(name: string, options: { readonly wait: boolean }): Promise<PoolSnapshot> {
    const pool = this.#pool(name);
    if (pool.state.status !== 'started') {
      throw new OperationRefused(
        'pool-stopped',
        `pool ${name} is ${pool.state.status}; start it first: poolhouse pool start ${name}`,
      );
    }
    const older = new Set(pool.state.processes.map(({ id }) => id));
    const failuresBefore = pool.state.restarts;
    pool.take({ type: 'recycle', reason: 'ondemand' });
    if (options.wait && older.size > 0) {
      await pool.until(
        (state) => state.status !== 'started' || replaced(state, older) || state.restarts > failuresBefore,
      );
      if (!replaced(pool.state, older)) {
        throw new OperationRefused(
          'not-healthy-in-time',
          `pool ${name}: a new process did not start, the old one keeps serving; see: poolhouse logs ${name}`,
        );
      }
    }
    return this.#snapshot(pool);
  }

  async startPool(name: string): Promise<PoolSnapshot> {
    const pool = this.#pool(name);
    pool.take({ type: 'start' });
    return this.#snapshot(pool);
  }

  async stopPool(name: string): Promise<PoolSnapshot> {
    const pool = this.#pool(name);
    pool.take({ type: 'stop', reason: 'Disabled' });
    await pool.until((state) => state.status === 'stopped');
    return this.#snapshot(pool);
  }

  outputFiles(pool: string): readonly OutputFileSnapshot[] | undefined {
    return this.#pools.get(poolKey(pool))?.outputFiles;
  }

  /** Begins the orderly end; `stopped` tells when it is done. */
  async stop(reason: string): Promise<void> {
    this.#stopped ??= this.#end(reason);
  }

  /** Resolves when everything has ended; never before `stop` was called. */
  async stopped(): Promise<void> {
    await this.#stopped;
  }

  async #loadFirst(): Promise<Revision> {
    const result = await this.#options.load(undefined);
    if ('errors' in result) throw new ConfigurationError(result.errors);
    return result.revision;
  }

  async #assemble(revision: Revision): Promise<void> {
    const { locations, events } = this.#options;
    const emit = events.emit;
    this.#reportDiagnostics(revision);
    const gatewayUser = await this.#identities.gatewayUser();
    const host = this.#hostFacts(gatewayUser?.gid);
    const fleet = this.#makeFleet(revision, host, gatewayUser);
    this.#fleet = fleet;
    this.#surroundings = {
      host,
      record: this.#record as RunRecord,
      emit,
      nextProcessId: () => (this.#processNumber += 1),
      idleCheckMs: this.#options.idleCheckMs ?? 60_000,
      publish: (knowledge) => fleet.publish(knowledge),
      sendOrder: (order) => fleet.sendOrder(order),
    };
    for (const settings of revision.pools) await this.#makePool(settings, applicationsOf(revision, settings.name));
    for (const pool of this.#pools.values()) {
      fleet.publish({ poolStates: [pool.published.poolState], applicationStates: pool.published.applicationStates });
    }
    this.#openEndpoints(revision);
    await fleet.use(this.#endpoints);
    this.#revision = revision;
    emit('config.applied', { revision: revision.number, sites: revision.sites.length, pools: revision.pools.length });
    if (!this.#options.separateUsers) {
      const reason =
        process.getuid?.() === 0
          ? 'Poolhouse was told not to create users (--allow-root)'
          : 'Poolhouse does not run as root';
      emit('identity.unavailable', {
        reason,
        remedy: `start Poolhouse as root${process.getuid?.() === 0 ? ' without --allow-root' : ''}; state is in ${locations.state}`,
      });
    }
  }

  #makeFleet(
    revision: Revision,
    host: HostFacts,
    user: { readonly uid: number; readonly gid: number } | undefined,
  ): GatewayFleet {
    const { locations, gatewayEntry, gateways, events } = this.#options;
    this.#gatewayOutput = new OutputFile(`${locations.log}/gateway.log`);
    const launch: GatewayLaunch = {
      node: process.execPath,
      entry: gatewayEntry,
      workingDirectory: locations.run,
      environment: { ...host.baseEnvironment, HOME: '/nonexistent' },
      credentials: user === undefined ? undefined : { uid: user.uid, gid: user.gid, groups: [] },
      output: this.#gatewayOutput.fd,
    };
    const plan: Plan = revision.plan;
    return new GatewayFleet(
      gateways,
      plan,
      { launch, record: this.#record as RunRecord, emit: events.emit, now: Date.now },
      {
        demand: (application, reason) => this.#poolOf(application)?.take({ type: 'demand', application, reason }),
        counters: (upstream, total) =>
          this.#poolOfProcess(upstream)?.take({ type: 'counters', process: upstream, ...total }),
        retireAnswered: (upstream, answer) => this.#poolOfProcess(upstream)?.take({ type: answer, process: upstream }),
      },
    );
  }

  async #makePool(settings: ApplicationPoolSettings, applications: readonly ApplicationSettings[]): Promise<void> {
    const { emit } = this.#options.events;
    try {
      const identity = await this.#identities.identityOf(settings);
      this.#pools.set(
        poolKey(settings.name),
        new ApplicationPool(settings, applications, identity, this.#surroundings as PoolSurroundings),
      );
    } catch (error) {
      if (!(error instanceof IdentityError)) throw error;
      emit('pool.identity.invalid', { pool: settings.name, user: error.user, error: error.message });
      emit('pool.disabled.identity', { pool: settings.name, user: error.user });
      this.#poolProblems.set(settings.name, error.message);
      this.#fleet?.publish({ poolStates: [{ name: settings.name, state: 'stopped', reason: 'AppOffline' }] });
    }
  }

  #openEndpoints(revision: Revision): void {
    const { endpoints, problems } = openEndpoints(
      this.#endpoints,
      revision.sites.filter((site) => site.serverAutoStart),
    );
    this.#endpoints = endpoints;
    this.#bindingProblems = problems;
    for (const { site, binding, message } of problems) {
      this.events.emit('site.binding.failed', {
        ...{ site: site.name, error: message },
        binding: `${binding.protocol}/${binding.address}:${binding.port}:${binding.host}`,
      });
    }
  }

  #hostFacts(gatewayGroup: number | undefined): HostFacts {
    const { locations, baseEnvironment } = this.#options;
    return {
      baseEnvironment,
      runFolder: locations.run,
      logFolder: locations.log,
      configurationFile: locations.configuration,
      socketOwner: gatewayGroup === undefined ? undefined : { uid: 0, gid: gatewayGroup },
      ownNode: process.execPath,
      now: Date.now,
      random: Math.random,
    };
  }

  #reportDiagnostics(revision: Revision): void {
    for (const { severity, file, line, column, message } of revision.diagnostics) {
      this.events.emit(severity === 'error' ? 'config.invalid' : 'config.warning', {
        file,
        line,
        column,
        detail: message,
      });
    }
  }

  #tick(): void {
    for (const pool of this.#pools.values()) pool.tick();
  }

  async #end(reason: string): Promise<void> {
    this.events.emit('supervisor.stopping', { reason });
    // What is half started is first started whole, or not at all: then there is one state to leave.
    await this.#starting?.catch(() => {});
    this.#state = 'stopping';
    const limits = [...this.#pools.values()].map(({ state }) => state.settings.processModel.shutdownTimeLimitMs);
    const limitMs = Math.max(0, ...limits) + stopReserveMs;
    await this.#fleet?.refuseNewClients(limitMs);
    const stops = [...this.#pools.values()].map(async (pool) => {
      pool.take({ type: 'stop', reason: 'Disabled' });
      await pool.until((state) => state.status === 'stopped');
    });
    await Promise.all(stops);
    await this.#fleet?.stop(stopReserveMs);
    this.#destroy();
    this.#state = 'stopped';
    this.events.emit('supervisor.stopped', {});
  }

  #destroy(): void {
    clearInterval(this.#ticker);
    this.#fleet?.destroy();
    for (const pool of this.#pools.values()) pool.destroy();
    for (const { socket } of this.#endpoints) socket.close();
    this.#gatewayOutput?.close();
    this.#record?.release();
  }

  #pool(name: string): ApplicationPool {
    const pool = this.#pools.get(poolKey(name));
    if (pool !== undefined) return pool;
    const problem = this.#poolProblems.get(name);
    if (problem !== undefined) throw new OperationRefused('pool-stopped', `pool ${name} cannot run: ${problem}`);
    throw new OperationRefused('not-found', `there is no pool "${name}"; poolhouse pool list shows what there is`);
  }

  #poolOf(application: string): ApplicationPool | undefined {
    return [...this.#pools.values()].find(({ state }) => state.applications.some(({ id }) => id === application));
  }

  #poolOfProcess(id: number): ApplicationPool | undefined {
    return [...this.#pools.values()].find(({ state }) => state.processes.some((each) => each.id === id));
  }

  #snapshot(pool: ApplicationPool): PoolSnapshot {
    return poolSnapshot(pool.state, this.#fleet?.waiting(pool.state.settings.name) ?? 0);
  }
}

/** Every process of before is gone, and nothing is still on its way up. */
function replaced(state: PoolState, older: ReadonlySet<number>): boolean {
  return (
    state.recycleNext.length === 0 && state.processes.every(({ id, phase }) => !older.has(id) && phase === 'running')
  );
}

function applicationsOf(revision: Revision, pool: string): ApplicationSettings[] {
  return revision.sites
    .flatMap((site) => site.applications)
    .filter((application) => poolKey(application.pool) === poolKey(pool));
}

/** Names of pools compare ignoring case. */
function poolKey(name: string): string {
  return name.toLowerCase();
}
