import type { ApplicationState, PoolState as PublishedPoolState, RequestFailure } from '@poolhouse/contract';
import type { ApplicationPoolSettings } from '../activation/revision.ts';

/**
 * Everything a pool knows, as one immutable value.
 *
 *   pool ─┬─ place (slot 0, shop/, 0)   generation 3, wanted ─┬─ process 17  generation 2  retiring
 *         │                                                   └─ process 21  generation 3  running
 *         └─ place (slot 1, shop/, 0)   generation 3, wanted ─── process 22  generation 3  starting
 *
 * A *place* is one seat for a process: a slot, an application, and a number below
 * `processesPerApplication`. A recycle raises the generation of places; `reconcile` then brings the
 * processes in line: it starts one of the new generation, and retires the older ones once that one runs.
 */
export interface PoolState {
  readonly settings: ApplicationPoolSettings;
  readonly applications: readonly HostedApplication[];
  readonly status: 'started' | 'stopping' | 'stopped';
  /** Why the pool is not started. */
  readonly reason: PublishedPoolState['reason'];
  readonly generation: number;
  readonly places: readonly Place[];
  readonly processes: readonly WorkerProcess[];
  /** Slots still to be recycled: a web garden is renewed one slot at a time. */
  readonly recycleNext: readonly number[];
  /** Times of failures that count for rapid-fail protection, oldest first. */
  readonly crashes: readonly number[];
  /** Failures per application, by `HostedApplication.id`. */
  readonly failures: Readonly<Record<string, ApplicationFailures>>;
  /** What the gateways were last told, by application. */
  readonly published: Readonly<Record<string, ApplicationState['state']>>;
  /** The last process that ended, and how many ended unexpectedly. */
  readonly lastExit: LastExit | undefined;
  readonly restarts: number;
  /** Starts that were given up, after all their attempts. */
  readonly failedStarts: number;
  readonly lastTickAt: number;
  /** Up to when the schedule was looked at, as wall-clock time. */
  readonly scheduleSeenUntil: number;
  readonly lastIdleCheckAt: number;
}

export interface LastExit {
  readonly at: number;
  readonly pid: number;
  readonly code: number | null;
  readonly signal: string | null;
  readonly reason: Ending | 'crash' | 'failed start';
}

/** What the pool needs to know of an application with a process behind it. */
export interface HostedApplication {
  readonly id: string;
  readonly model: 'inprocess' | 'outofprocess';
  /** `worker`: the process is the slot's worker, and its exit counts for the pool. `app`: for the application only. */
  readonly kind: 'worker' | 'app';
  /** The process speaks the control channel: an in-process Node.js worker. */
  readonly channel: boolean;
  readonly processesPerApplication: number;
  readonly startupLimitMs: number;
  readonly shutdownLimitMs: number;
  readonly rapidFailsPerMinute: number;
  /** False = bare statuses (`disableStartUpErrorPage`). */
  readonly startErrorPage: boolean;
  /** Start with the pool, when the pool is AlwaysRunning; always so for `worker`. */
  readonly preload: boolean;
  /** Its `app_offline.htm`, while there is one: no process, and this page for every request. */
  readonly offlinePage: string | undefined;
}

export interface Place {
  readonly slot: number;
  readonly application: string;
  readonly ordinal: number;
  readonly generation: number;
  /** Whether a process should be here. */
  readonly wanted: boolean;
  /** Failed attempts of the start that is going on. */
  readonly attempts: number;
  /** No start before this time, after failures. */
  readonly notBefore: number;
}

export interface WorkerProcess {
  /** Also the id of the upstream; unique for the life of the supervisor. */
  readonly id: number;
  readonly slot: number;
  readonly application: string;
  readonly ordinal: number;
  readonly generation: number;
  /** The application as it was at the launch: its limits hold for the whole life of the process. */
  readonly hosting: HostedApplication;
  readonly phase: Phase;
  readonly pid: number | undefined;
  readonly spawnedAt: number;
  readonly helloAt: number | undefined;
  readonly readyAt: number | undefined;
  /** When the present phase must have ended. */
  readonly deadline: number;
  /** When it was let go of, and by when it must be gone. */
  readonly retired: { readonly at: number; readonly endBy: number } | undefined;
  /** Why it is being ended, for the event at its exit. */
  readonly ending: Ending | undefined;
  readonly active: number;
  readonly served: number;
  readonly lastActiveAt: number;
  /** Of the process and what it started. */
  readonly memoryBytes: { readonly resident: number; readonly private: number } | undefined;
  /** A debugger holds it, or may: no time limit acts. */
  readonly debugged: boolean;
  /** When the unanswered ping was sent. */
  readonly pingSentAt: number | undefined;
  readonly lastPingAt: number;
}

/**
 *   launching → starting → running → retiring → drained → stopping → killing → (gone)
 *       │           │         │ crash    │ idle retire answered busy
 *       └───────────┴─────────┴──► (gone) └──► running
 *
 * `retiring`: the gateways let go of it. `drained`: nobody uses it, it has yet to be asked to end.
 */
export type Phase = 'launching' | 'starting' | 'running' | 'retiring' | 'drained' | 'stopping' | 'killing';

export type Ending = 'recycle' | 'idle' | 'stop' | 'removed' | 'startup-timeout' | 'ping' | 'untrusted' | 'unsupported';

export interface ApplicationFailures {
  /** Start of the fixed one-minute window of `rapidFailsPerMinute`. */
  readonly windowStart: number;
  readonly inWindow: number;
  /** Failures that followed each other closely, and the time of the last. */
  readonly inARow: number;
  readonly lastAt: number;
  /** What requests are answered while `until` has not come. */
  readonly failure: RequestFailure | undefined;
  readonly until: number;
}

export function createPoolState(
  settings: ApplicationPoolSettings,
  applications: readonly HostedApplication[],
  now: number,
): PoolState {
  return {
    settings,
    applications,
    status: settings.autoStart ? 'started' : 'stopped',
    reason: settings.autoStart ? undefined : 'Disabled',
    generation: 1,
    places: [],
    processes: [],
    recycleNext: [],
    crashes: [],
    failures: {},
    published: {},
    lastExit: undefined,
    restarts: 0,
    failedStarts: 0,
    lastTickAt: now,
    scheduleSeenUntil: 0,
    lastIdleCheckAt: now,
  };
}

export function samePlace(
  a: Pick<Place, 'slot' | 'application' | 'ordinal'>,
  b: Pick<Place, 'slot' | 'application' | 'ordinal'>,
): boolean {
  return a.slot === b.slot && a.application === b.application && a.ordinal === b.ordinal;
}

/** Whether the process can be given requests, now or as soon as it is ready. */
export function isServing(process: WorkerProcess): boolean {
  return process.phase === 'launching' || process.phase === 'starting' || process.phase === 'running';
}

/** Whether an application has a process even when nobody asks for it. */
export function alwaysRuns(settings: ApplicationPoolSettings, application: HostedApplication): boolean {
  return settings.startMode === 'AlwaysRunning' && (application.kind === 'worker' || application.preload);
}

/** `maxProcesses`, of which there is always at least one. */
export function slotCount(settings: ApplicationPoolSettings): number {
  return Math.max(1, settings.processModel.maxProcesses);
}
