import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { SupervisorRunningError } from '../linux/index.ts';
import type { EventLog } from '../logging/index.ts';
import { diskWatchSystem, WatchedLoader } from '../supervisor/activation/index.ts';
import type { createLoader } from '../supervisor/activation/index.ts';
import { startAdminServer } from '../supervisor/management/index.ts';
import type { AdminServer, SupervisorOperations } from '../supervisor/management/index.ts';
import type { FileLocations } from '../supervisor/file-locations.ts';
import { prepareFolders } from '../supervisor/prepare-folders.ts';
import { ConfigurationError, Supervisor } from '../supervisor/supervisor.ts';
import type { System } from './command.ts';
import { commandError } from './command-error.ts';
import type { CommandError } from './command-error.ts';
import { formatDiagnostics } from './diagnostic-lines.ts';
import { productVersion } from './product-version.ts';
import { systemCallError } from './system-call-error.ts';
import { serviceStatus } from './service-manager.ts';
import type { ServiceManager } from './service-manager.ts';

export interface HostOptions {
  readonly locations: FileLocations;
  readonly load: ReturnType<typeof createLoader>;
  readonly events: EventLog;
  /** Gateway processes; undefined = by the number of processors. */
  readonly gateways: number | undefined;
  /** How often idle slots are looked for, milliseconds; undefined = every minute, as on IIS. */
  readonly idleCheckMs?: number;
  /** One user per pool; needs root. */
  readonly separateUsers: boolean;
  /** Whose sockets are used and who is told how we are. */
  readonly service?: ServiceManager;
}

/** A Poolhouse inside this process. */
export interface RunningHost {
  readonly operations: SupervisorOperations;
  readonly socketPath: string;
  /** Resolves when everything has ended, by a signal, through the API or by `operations.stop`. */
  readonly ended: Promise<void>;
  /** Reads the configuration again and applies what changed, because somebody asked for it. */
  reload(): Promise<void>;
}

/**
 * The composition root of `start` and `run`: folders, supervisor, management API, signals, service manager.
 *
 * @throws CommandError when nothing was started
 */
export async function startHost(options: HostOptions, system: System): Promise<RunningHost> {
  const { locations, events, separateUsers, service } = options;
  const stopping = new AbortController();
  refusingUnsafe(() => prepareFolders(locations, system.uid));
  const loader = new WatchedLoader(options.load, diskWatchSystem(), () => void reload());
  const supervisor = new Supervisor({
    version: productVersion(),
    ...{ locations, load: loader.load, events, separateUsers },
    ...(options.idleCheckMs === undefined ? {} : { idleCheckMs: options.idleCheckMs }),
    gateways: options.gateways ?? gatewaysFor(availableParallelism()),
    gatewayEntry: fileURLToPath(new URL('../gateway/main.js', import.meta.url)),
    baseEnvironment: baseEnvironment(system.environment),
    ...(service === undefined ? {} : { givenSockets: service.sockets }),
  });
  const reload = async (): Promise<void> => {
    await supervisor.reload();
    if (!stopping.signal.aborted) service?.notifier.status(serviceStatus(supervisor.status()));
  };
  const reloadAsAsked = async (): Promise<void> => {
    if (stopping.signal.aborted) return;
    service?.notifier.reloading();
    await supervisor.reload();
    if (!stopping.signal.aborted) service?.notifier.ready(serviceStatus(supervisor.status()));
  };
  try {
    await supervisor.start();
  } catch (error) {
    throw startError(error) ?? error;
  }
  const operations = stoppable(supervisor, stopping);
  let admin: AdminServer;
  try {
    admin = await startAdminServer(locations.run, operations);
  } catch (error) {
    // Nothing may be left running when the rest of the start fails.
    await supervisor.stop('the management API could not be started');
    await supervisor.stopped();
    throw error;
  }
  // Thousands of folders take their time; what changes meanwhile is found as well.
  void loader.begin();
  service?.notifier.ready(serviceStatus(supervisor.status()));
  stopping.signal.addEventListener('abort', () => service?.notifier.stopping('requests in flight finish'));
  const ended = endOf(supervisor, stopping.signal, admin).finally(() => {
    loader.close();
    service?.notifier.close();
  });
  const stop = () => void operations.stop(`received ${String(system.interrupted.reason)}`);
  if (system.interrupted.aborted) stop();
  system.interrupted.addEventListener('abort', stop, { once: true });
  return { operations, socketPath: admin.path, ended, reload: reloadAsAsked };
}

/** The supervisor's operations, with a signal that tells when the end was asked for. */
function stoppable(supervisor: Supervisor, stopping: AbortController): SupervisorOperations {
  return {
    events: supervisor.events,
    status: () => supervisor.status(),
    recyclePool: (name, how) => supervisor.recyclePool(name, how),
    startPool: (name) => supervisor.startPool(name),
    stopPool: (name) => supervisor.stopPool(name),
    outputFiles: (pool) => supervisor.outputFiles(pool),
    refreshKeyRings: () => supervisor.refreshKeyRings(),
    async stop(reason) {
      await supervisor.stop(reason);
      stopping.abort();
    },
  };
}

/** The management API answers until the end, so that a stop can be watched. */
async function endOf(supervisor: Supervisor, stopping: AbortSignal, admin: AdminServer): Promise<void> {
  if (!stopping.aborted) await once(stopping, 'abort');
  try {
    await supervisor.stopped();
  } finally {
    await admin.close();
    supervisor.events.close();
  }
}

/** One for up to two processors, where a second gateway would only compete with the applications; then half of them. */
function gatewaysFor(processors: number): number {
  return processors <= 2 ? 1 : Math.min(8, Math.floor(processors / 2));
}

/** What every process gets of our environment: how programs are found, and how text and time look. */
function baseEnvironment(environment: System['environment']): Record<string, string> {
  const base: Record<string, string> = { PATH: environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin' };
  for (const name of ['LANG', 'LC_ALL', 'TZ']) {
    const value = environment[name];
    if (value !== undefined) base[name] = value;
  }
  return base;
}

function refusingUnsafe(prepare: () => void): void {
  try {
    prepare();
  } catch (error) {
    throw (
      systemCallError(error) ?? commandError('folder-unsafe', error instanceof Error ? error.message : String(error))
    );
  }
}

function startError(error: unknown): CommandError | undefined {
  if (error instanceof SupervisorRunningError) return commandError('already-running', error.message);
  if (error instanceof ConfigurationError) {
    const lines = formatDiagnostics(error.errors);
    return commandError('configuration-unusable', `the configuration cannot be used, nothing was started\n${lines}`);
  }
  return undefined;
}
