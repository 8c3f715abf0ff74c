import { ControlGroups, OutputFile, ownControlGroup, RunRecord, type GivenSocket } from '../linux/index.ts';
import type { EventLog } from '../logging/index.ts';
import {
  compareRevisions,
  type ConfigurationDiagnostic,
  type LoadedRevision,
  type Revision,
} from './activation/index.ts';
import { applicationsOf, applyChange } from './apply-change.ts';
import { EndpointSet } from './endpoint-set.ts';
import { errorLogFolderName, type FileLocations } from './file-locations.ts';
import { GatewayFleet, type GatewayLaunch } from './gateways/index.ts';
import { hostKeyRings, type KeyRings } from './key-rings/index.ts';
import {
  OperationRefused,
  type OutputFile as OutputFileSnapshot,
  type PoolKeyRingSnapshot,
  type PoolSnapshot,
  type StatusSnapshot,
  type SupervisorOperations,
} from './management/operations.ts';
import { PoolSet, poolKey } from './pool-set.ts';
import { IdentityProvider, samePlace, type ApplicationPool, type HostFacts, type PoolState } from './pools/index.ts';
import { prepareErrorLogFolder } from './prepare-folders.ts';
import { reportDiagnostics } from './report-diagnostics.ts';
import { poolSnapshot, takeStatus, type Clock } from './status.ts';

export interface SupervisorOptions {
  readonly version: string;
  readonly locations: FileLocations;
  /** Loads the configuration; `previous` is the revision in force. */
  readonly load: (previous: Revision | undefined) => Promise<LoadedRevision>;
  readonly events: EventLog;
  /** Number of gateway processes. */
  readonly gateways: number;
  /** One user per pool (root); otherwise everything runs as the current user. */
  readonly separateUsers: boolean;
  /** How often idle slots are looked for, milliseconds. Default 60,000, as on IIS. */
  readonly idleCheckMs?: number;
  /** Compiled entry of the gateway process. */
  readonly gatewayEntry: string;
  /** Sockets that the service manager opened. */
  readonly givenSockets?: readonly GivenSocket[];
  /** Variables that every process gets: `PATH`, `LANG`, `TZ`. */
  readonly baseEnvironment: Readonly<Record<string, string>>;
}

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

/** Milliseconds on a clock that never jumps, so that setting the machine's clock ends no process. */
const now = (): number => performance.timeOrigin + performance.now();
const clock: Clock = { now, wallClock: Date.now };

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
  readonly #keyRings: KeyRings;
  readonly #startedAt = now();
  #state: StatusSnapshot['state'] = 'starting';
  #revision: Revision | undefined;
  #record: RunRecord | undefined;
  #controlGroups: ControlGroups | undefined;
  #fleet: GatewayFleet | undefined;
  readonly #endpoints: EndpointSet;
  #pools: PoolSet | undefined;
  #reloading: Promise<void> = Promise.resolve();
  #gatewayOutput: OutputFile | undefined;
  #ticker: NodeJS.Timeout | undefined;
  #processNumber = 0;
  #starting: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.events = options.events;
    this.#endpoints = new EndpointSet(options.givenSockets, options.events.emit, now);
    const identities = new IdentityProvider(options.separateUsers, options.locations.state);
    this.#identities = identities;
    this.#keyRings = hostKeyRings({
      ...{ runFolder: options.locations.run, separateUsers: options.separateUsers, emit: options.events.emit },
      keeperUser: () => identities.keeperUser(),
    });
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
      this.#controlGroups = await ControlGroups.take(ownControlGroup(), process.pid);
      if (this.#controlGroups !== undefined)
        events.emit('supervisor.control_groups', { folder: this.#controlGroups.folder });
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
      pools: this.#pools?.all ?? [],
      poolProblems: this.#pools?.problems ?? new Map(),
      keyRings: this.#keyRings,
      fleet: this.#fleet,
      endpoints: this.#endpoints.all,
      bindingProblems: this.#endpoints.problems,
      clock,
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
    const failuresBefore = pool.state.failedStarts;
    pool.take({ type: 'recycle', reason: 'ondemand' });
    if (options.wait) {
      await pool.until(
        (state) => state.status !== 'started' || isSettled(state) || state.failedStarts > failuresBefore,
      );
      if (!isSettled(pool.state)) {
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
    await pool.stop();
    return this.#snapshot(pool);
  }

  outputFiles(pool: string): readonly OutputFileSnapshot[] | undefined {
    return this.#pools?.get(pool)?.outputFiles;
  }

  /** Begins the orderly end; `stopped` tells when it is done. */
  async stop(reason: string): Promise<void> {
    this.#stopped ??= this.#end(reason);
  }

  /** Resolves when everything has ended; never before `stop` was called. */
  async stopped(): Promise<void> {
    await this.#stopped;
  }

  /**
   * Reads the configuration again and carries out what changed; several calls run one after the other. A
   * configuration that cannot be used changes nothing and is reported.
   */
  async reload(): Promise<void> {
    this.#reloading = this.#reloading.then(async () => this.#reload());
    await this.#reloading;
  }

  async #reload(): Promise<void> {
    const [before, fleet, pools] = [this.#revision, this.#fleet, this.#pools];
    if (this.#state !== 'started' || before === undefined || fleet === undefined || pools === undefined) return;
    const { emit } = this.events;
    try {
      const result = await this.#options.load(before);
      if ('errors' in result) {
        for (const { severity, file, line, message } of result.errors)
          if (severity === 'error') emit('config.reload.failed', { file, line, detail: message });
        return;
      }
      const after = result.revision;
      await applyChange(compareRevisions(before, after), after, pools, fleet, emit);
      this.#revision = after;
      await this.#endpoints.change(after.sites, fleet);
      reportDiagnostics(emit, after, before);
      emit('config.applied', { revision: after.number, sites: after.sites.length, pools: after.pools.length });
    } catch (error) {
      emit('supervisor.task_failed', { task: 'applying a changed configuration', error: String(error) });
    }
  }

  async refreshKeyRings(): Promise<readonly PoolKeyRingSnapshot[]> {
    await this.#keyRings.refresh();
    return (this.#revision?.pools ?? []).flatMap(({ name }) => {
      const ring = this.#keyRings.of(name);
      return ring === undefined ? [] : [{ pool: name, ...ring }];
    });
  }

  async #loadFirst(): Promise<Revision> {
    const result = await this.#options.load(undefined);
    if ('errors' in result) throw new ConfigurationError(result.errors);
    return result.revision;
  }

  async #assemble(revision: Revision): Promise<void> {
    const { locations, events } = this.#options;
    const emit = events.emit;
    reportDiagnostics(emit, revision);
    const gatewayUser = await this.#identities.gatewayUser();
    const host = this.#hostFacts(gatewayUser?.gid);
    const fleet = this.#makeFleet(revision, host, gatewayUser);
    this.#fleet = fleet;
    this.#pools = new PoolSet(this.#identities, this.#keyRings, {
      host,
      record: this.#record as RunRecord,
      emit,
      nextProcessId: () => (this.#processNumber += 1),
      idleCheckMs: this.#options.idleCheckMs ?? 60_000,
      publish: (knowledge) => fleet.publish(knowledge),
      sendOrder: (order) => fleet.sendOrder(order),
    });
    for (const settings of revision.pools) await this.#pools.set(settings, applicationsOf(revision, settings.name));
    this.#keyRings.removeStrangers();
    await this.#endpoints.open(revision.sites, fleet);
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
    prepareErrorLogFolder(`${locations.log}/${errorLogFolderName}`, user);
    const launch: GatewayLaunch = {
      node: process.execPath,
      entry: gatewayEntry,
      workingDirectory: locations.run,
      environment: { ...host.baseEnvironment, HOME: '/nonexistent' },
      credentials: user === undefined ? undefined : { uid: user.uid, gid: user.gid, groups: [] },
      output: this.#gatewayOutput.fd,
    };
    return new GatewayFleet(
      gateways,
      revision.plan,
      { launch, record: this.#record as RunRecord, emit: events.emit, now },
      {
        demand: (application, reason) =>
          this.#pools?.ofApplication(application)?.take({ type: 'demand', application, reason }),
        counters: (upstream, total) =>
          this.#pools?.ofProcess(upstream)?.take({ type: 'counters', process: upstream, ...total }),
        doubted: (upstream) => this.#pools?.ofProcess(upstream)?.vouchFor(upstream),
        retireAnswered: (upstream, answer) =>
          this.#pools?.ofProcess(upstream)?.take({ type: answer, process: upstream }),
      },
    );
  }

  #hostFacts(gatewayGroup: number | undefined): HostFacts {
    const { locations, baseEnvironment } = this.#options;
    return {
      baseEnvironment,
      runFolder: locations.run,
      logFolder: locations.log,
      configurationFile: locations.configuration,
      socketOwner: gatewayGroup === undefined ? undefined : { uid: 0, gid: gatewayGroup },
      controlGroups: this.#controlGroups,
      ownNode: process.execPath,
      ...clock,
      random: Math.random,
    };
  }

  #tick(): void {
    this.#pools?.tick();
  }

  async #end(reason: string): Promise<void> {
    this.events.emit('supervisor.stopping', { reason });
    // What is half started is first started whole, or not at all: then there is one state to leave.
    await this.#starting?.catch(() => {});
    this.#state = 'stopping';
    await this.#reloading;
    const limits = (this.#pools?.all ?? []).map(({ state }) => state.settings.processModel.shutdownTimeLimitMs);
    await this.#fleet?.refuseNewClients(Math.max(0, ...limits) + stopReserveMs);
    await this.#pools?.stop();
    await this.#fleet?.stop(stopReserveMs);
    this.#destroy();
    this.#state = 'stopped';
    this.events.emit('supervisor.stopped', {});
  }

  #destroy(): void {
    clearInterval(this.#ticker);
    this.#fleet?.destroy();
    this.#pools?.destroy();
    this.#keyRings.close();
    this.#controlGroups?.release();
    this.#endpoints.close();
    this.#gatewayOutput?.close();
    this.#record?.release();
  }

  #pool(name: string): ApplicationPool {
    const pool = this.#pools?.get(name);
    if (pool !== undefined) return pool;
    const problem = this.#pools?.problems.get(poolKey(name));
    if (problem !== undefined) throw new OperationRefused('pool-stopped', `pool ${name} cannot run: ${problem}`);
    throw new OperationRefused('not-found', `There is no pool ${JSON.stringify(name)}.`);
  }

  #snapshot(pool: ApplicationPool): PoolSnapshot {
    return poolSnapshot(pool, this.#fleet?.waiting(pool.state.settings.name) ?? 0, this.#keyRings, clock);
  }
}

/** Every place has a process of its generation, older ones are gone, and nothing is on its way up or down. */
function isSettled({ recycleNext, processes, places }: PoolState): boolean {
  const current = (process: PoolState['processes'][number]): boolean =>
    places.some((place) => samePlace(place, process) && place.generation === process.generation);
  return recycleNext.length === 0 && processes.every((process) => process.phase === 'running' && current(process));
}
