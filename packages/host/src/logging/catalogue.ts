import type { EventFields } from './event.ts';

/**
 * Every event that Poolhouse can report, in one place. To add one, add a line: name, level, the sentence for
 * people (its parameter declares the fields), the Windows event id that alert rules may know it by, and a row in
 * docs/reference/events.md, which a test compares with this table.
 *
 * Ids from 5000 are those of Microsoft-Windows-WAS, 1000 to 1036 those of the ASP.NET Core Module, 9001 of
 * AppHostSvc. A field never holds a secret: no token, no environment value, no header of a request.
 */
export const catalogue = {
  // ── the host itself ──
  'supervisor.started': define(
    'info',
    (e: { version: string; pid: number }) => `Poolhouse ${e.version} started (pid ${e.pid})`,
  ),
  'supervisor.stopping': define('info', (e: { reason: string }) => `stopping: ${e.reason}`),
  'supervisor.leftovers_ended': define(
    'warn',
    (e: { count: number }) => `the last supervisor was killed; what it left (${e.count}) was ended now`,
  ),
  'supervisor.task_failed': define('error', (e: { task: string; error: string }) => `${e.task} failed: ${e.error}`),
  'supervisor.stopped': define('info', (_: Record<never, never>) => 'stopped'),
  'supervisor.operation_failed': define(
    'error',
    (e: { operation: string; error: string; requestId: string }) =>
      `${e.operation} (request ${e.requestId}) failed inside the supervisor: ${e.error}`,
  ),

  // ── configuration ──
  'config.applied': define(
    'info',
    (e: { revision: number; sites: number; pools: number }) =>
      `revision ${e.revision} applied: ${count(e.sites, 'site')}, ${count(e.pools, 'pool')}`,
  ),
  'config.warning': define(
    'warn',
    (e: { file: string; line: number; column: number; detail: string }) =>
      `${e.file}:${e.line}:${e.column}: ${e.detail}`,
  ),
  'config.invalid': define(
    'error',
    (e: { file: string; line: number; column: number; detail: string }) =>
      `${e.file}:${e.line}:${e.column}: ${e.detail}`,
    1034,
  ),
  'config.reload.failed': define(
    'error',
    (e: { file: string; line: number; detail: string }) =>
      `the change was not applied, the last good configuration keeps serving: ${e.file}:${e.line}: ${e.detail}`,
    5053,
  ),
  'config.range': define(
    'warn',
    (e: { pool: string; property: string; value: string; min: string; max: string; used: string }) =>
      `pool ${e.pool}: ${e.property} = ${e.value} is outside ${e.min} to ${e.max}; ${e.used} is used`,
    5041,
  ),
  'config.pool.ignored': define(
    'error',
    (e: { name: string; detail: string; tooLong: boolean }) => `pool ${JSON.stringify(e.name)} is ignored: ${e.detail}`,
    { tooLong: { true: 5050, false: 5051 } },
  ),

  // ── sites and gateways ──
  'site.state': define(
    'info',
    (e: { site: string; siteId: number; state: string; reason?: string | undefined }) =>
      `site ${e.site} is ${e.state}${because(e.reason)}`,
  ),
  'site.binding.failed': define(
    'error',
    (e: { site: string; binding: string; error: string }) =>
      `site ${e.site} is stopped: binding ${e.binding} cannot be opened: ${e.error}`,
  ),
  'gateway.started': define('info', (e: { pid: number }) => `gateway ${e.pid} accepts connections`),
  'gateway.exited': define(
    'error',
    (e: { pid: number; code?: number | undefined; signal?: string | undefined }) =>
      `gateway ${e.pid} ended (${ending(e)}); the requests in its hands are lost, a new one takes over the sockets`,
  ),
  'gateway.stopped': define('info', (e: { pid: number }) => `gateway ${e.pid} has stopped`),
  'gateway.untrusted': define(
    'error',
    (e: { pid: number; detail: string }) => `gateway ${e.pid} broke the control protocol and is replaced: ${e.detail}`,
  ),
  'gateway.listen_failed': define(
    'error',
    (e: { address: string; port: number; error: string }) =>
      `no connections are accepted on ${e.address}:${e.port}: ${e.error}`,
  ),
  'gateway.accept_failed': repeating(
    define(
      'error',
      (e: { address: string; port: number; error: string }) =>
        `a connection to ${e.address}:${e.port} could not be accepted: ${e.error}`,
    ),
    'port',
  ),
  'gateway.events_suppressed': define(
    'warn',
    (e: { count: number }) => `${count(e.count, 'event')} of the last second are left out: there were too many`,
  ),

  // ── requests ──
  'request.forwarding_failed': repeating(
    define(
      'warn',
      (e: { application: string; upstream: number; failure: string; detail: string }) =>
        `application ${e.application}: a request failed (${e.failure}${e.detail === '' ? '' : `: ${e.detail}`}); ` +
        'the client got a 502.3, or a reset when the response had begun',
    ),
    'application',
  ),
  'request.module_failed': repeating(
    define(
      'error',
      (e: { application: string; error: string }) =>
        `application ${e.application}: a request failed inside the gateway: ${e.error}`,
    ),
    'application',
  ),

  // ── static content ──
  'content.denied': repeating(
    define(
      'warn',
      (e: { site: string; path: string }) =>
        `site ${e.site}: the gateway may not read ${e.path}, requests for it are answered with 401.3; ` +
        'give the user of the gateway the right to read it, and to search the folders above it',
    ),
    'path',
  ),
  'content.link_refused': repeating(
    define(
      'warn',
      (e: { site: string; path: string; leadsTo: string }) =>
        `site ${e.site}: ${e.path} leads to ${e.leadsTo}, outside of its folder, and is not served; ` +
        'make that folder a virtual directory, or copy the file',
    ),
    'path',
  ),
  'content.case_differs': repeating(
    define(
      'warn',
      (e: { site: string; wanted: string; found: string }) =>
        `site ${e.site}: ${e.wanted} was asked for and ${e.found} was served; names differ by case on Linux, ` +
        'use the same spelling in links and files',
    ),
    'found',
  ),
  'content.failed': repeating(
    define(
      'error',
      (e: { site: string; path: string; error: string }) => `site ${e.site}: ${e.path} cannot be served: ${e.error}`,
    ),
    'path',
  ),

  // ── pools ──
  'pool.state': define(
    'info',
    (e: { pool: string; state: string; reason?: string | undefined }) =>
      `pool ${e.pool} is ${e.state}${because(e.reason)}`,
  ),
  'pool.disabled.rapid_fail': define(
    'error',
    (e: { pool: string; count: number; intervalMs: number; lastExit?: string | undefined }) =>
      `pool ${e.pool} is stopped: ${e.count} failures within ${seconds(e.intervalMs)}${because(e.lastExit)}; ` +
      `start it again with: poolhouse pool start ${e.pool}`,
    5002,
  ),
  'pool.disabled.identity': define(
    'error',
    (e: { pool: string; user: string }) => `pool ${e.pool} is stopped: its identity ${e.user} cannot be used`,
    5057,
  ),
  'pool.disabled.spawn': define(
    'error',
    (e: { pool: string; error: string }) => `pool ${e.pool} is stopped: no process can be started: ${e.error}`,
    5059,
  ),
  'pool.identity.invalid': define(
    'error',
    (e: { pool: string; user: string; error: string }) =>
      `pool ${e.pool}: the identity ${e.user} is not valid: ${e.error}`,
    5021,
  ),
  'pool.recycle.failed': define(
    'warn',
    (e: { pool: string; error: string }) => `pool ${e.pool}: not every process could be recycled: ${e.error}`,
    5070,
  ),
  'pool.cpu.limit': define(
    'warn',
    (e: { pool: string; usedUs: number; budgetUs: number; action: string }) =>
      `pool ${e.pool} used ${e.usedUs} µs of ${e.budgetUs} µs of processor time: ${e.action}`,
    5025,
  ),
  'pool.affinity.failed': define(
    'warn',
    (e: { pool: string; mask: string }) => `pool ${e.pool}: the processor affinity ${e.mask} cannot be applied`,
    5058,
  ),
  'queue.full': repeating(
    define(
      'warn',
      (e: { pool: string; limit: number }) =>
        `pool ${e.pool}: the queue is full (${e.limit} requests wait); requests are answered with 503`,
    ),
    'pool',
  ),
  'queue.timeout': repeating(
    define(
      'warn',
      (e: { pool: string; waitedMs: number }) =>
        `pool ${e.pool}: a request waited ${seconds(e.waitedMs)} for a process and was answered with 503`,
    ),
    'pool',
  ),

  // ── worker processes ──
  'worker.started': define(
    'info',
    (e: WorkerFields & { reason: string }) => `pool ${e.pool}: ${worker(e)} started (${e.reason})`,
  ),
  'worker.ready': define(
    'info',
    (e: WorkerFields & { startMs: number }) => `pool ${e.pool}: ${worker(e)} serves after ${seconds(e.startMs)}`,
  ),
  'worker.warm': define(
    'info',
    (e: WorkerFields & { warmMs: number }) => `pool ${e.pool}: ${worker(e)} is warm after ${seconds(e.warmMs)}`,
  ),
  'worker.recycle': define(
    'info',
    (e: WorkerFields & { reason: string; detail?: string | undefined }) =>
      `pool ${e.pool}: ${worker(e)} is recycled: ${e.reason}${e.detail === undefined ? '' : ` (${e.detail})`}`,
    {
      reason: {
        time: 5074,
        requests: 5075,
        schedule: 5076,
        memory: 5077,
        unhealthy: 5078,
        ondemand: 5079,
        configchange: 5080,
        configstore: 5081,
        privatememory: 5117,
      },
    },
  ),
  'worker.recycle.overlap_failed': define(
    'warn',
    (e: WorkerFields & { step: string; error: string }) =>
      `pool ${e.pool}: the replacement of ${worker(e)} failed at ${e.step}, the old process keeps serving: ${e.error}`,
    5093,
  ),
  'worker.drained': define(
    'info',
    (e: WorkerFields & { drainMs: number }) =>
      `pool ${e.pool}: ${worker(e)} has no request left after ${seconds(e.drainMs)}`,
  ),
  'worker.stopped': define(
    'info',
    (e: WorkerFields & { reason: string }) => `pool ${e.pool}: ${worker(e)} has ended (${e.reason})`,
  ),
  'worker.exit.unexpected': define(
    'warn',
    (
      e: WorkerFields & {
        code?: number | undefined;
        signal?: string | undefined;
        oom?: boolean | undefined;
        uptimeMs: number;
        stderrTail?: string | undefined;
      },
    ) =>
      `pool ${e.pool}: ${worker(e)} ended unexpectedly after ${seconds(e.uptimeMs)} (${ending(e)}${e.oom === true ? ', out of memory' : ''})`,
    5009,
  ),
  'worker.spawn.failed': define(
    'error',
    (e: { pool: string; slot: number; program: string; error: string }) =>
      `pool ${e.pool}: slot ${e.slot} cannot start ${e.program}: ${e.error}`,
    5022,
  ),
  'worker.startup.timeout': define(
    'warn',
    (e: WorkerFields & { limitMs: number }) =>
      `pool ${e.pool}: ${worker(e)} did not start within startupTimeLimit (${seconds(e.limitMs)}) and is ended`,
    5012,
  ),
  'worker.shutdown.timeout': define(
    'warn',
    (e: WorkerFields & { limitMs: number; activeRequests: number; webSockets?: number | undefined }) =>
      `pool ${e.pool}: ${worker(e)} did not end within shutdownTimeLimit (${seconds(e.limitMs)}) and is killed ` +
      `with ${count(e.activeRequests, 'request')} in its hands`,
    5013,
  ),
  'worker.ping.timeout': define(
    'warn',
    (e: WorkerFields & { lateMs: number }) =>
      `pool ${e.pool}: ${worker(e)} has not answered a ping for ${seconds(e.lateMs)}: its event loop is blocked`,
    5010,
  ),
  'worker.channel.error': define(
    'warn',
    (e: WorkerFields & { error: string }) => `pool ${e.pool}: the control channel of ${worker(e)} failed: ${e.error}`,
    5011,
  ),
  'worker.channel.untrusted': define(
    'error',
    (e: WorkerFields & { detail: string }) =>
      `pool ${e.pool}: ${worker(e)} broke the control protocol and is killed: ${e.detail}`,
    5127,
  ),
  'worker.channel.stop_timeout': define(
    'warn',
    (e: { pid: number; limitMs: number }) =>
      `gateway ${e.pid} did not release its requests within ${seconds(e.limitMs)}`,
    5138,
  ),
  'worker.idle.terminated': define(
    'info',
    (e: WorkerFields & { idleMs: number }) =>
      `pool ${e.pool}: ${worker(e)} is ended after ${seconds(e.idleMs)} without a request`,
    5186,
  ),
  'worker.idle.suspended': define(
    'info',
    (e: WorkerFields & { idleMs: number; reclaimedBytes?: number | undefined }) =>
      `pool ${e.pool}: ${worker(e)} is suspended after ${seconds(e.idleMs)} without a request`,
  ),
  'worker.idle.resumed': define(
    'info',
    (e: WorkerFields & { resumeMs: number }) => `pool ${e.pool}: ${worker(e)} resumed in ${seconds(e.resumeMs)}`,
  ),
  'worker.orphaned': define(
    'warn',
    (e: WorkerFields) => `pool ${e.pool}: ${worker(e)} is kept for diagnosis and no longer managed; end it by hand`,
  ),

  // ── applications (the ASP.NET Core Module) ──
  'app.start.attempt_failed': define(
    'warn',
    (e: ApplicationFields & { attempt: number; stage: string; error: string }) =>
      `application ${e.application}: start attempt ${e.attempt} failed (${e.stage}): ${e.error}`,
    1000,
  ),
  'app.started': define(
    'info',
    (e: ApplicationFields & { pid: number; listeningPid: number; port: number }) =>
      `application ${e.application} started (pid ${e.pid}) and listens on port ${e.port}`,
    1001,
  ),
  'app.start.refused': repeating(
    define(
      'info',
      (e: ApplicationFields & { limit: number }) =>
        `application ${e.application} is not started: it failed more often than rapidFailsPerMinute allows (${e.limit})`,
      1003,
    ),
    'application',
  ),
  'app.stdout_log.failed': define(
    'warn',
    (e: ApplicationFields & { path: string; error: string }) =>
      `application ${e.application}: the stdout log ${e.path} cannot be written, the application starts without it: ${e.error}`,
    1004,
  ),
  'app.shutdown.failed': define(
    'warn',
    (e: ApplicationFields & { pid: number; limitMs: number }) =>
      `application ${e.application}: process ${e.pid} did not end within ${seconds(e.limitMs)} and is killed`,
    1005,
  ),
  'app.shutdown.requested': define(
    'info',
    (e: ApplicationFields & { pid: number; status: number }) =>
      `application ${e.application}: process ${e.pid} was asked to stop and answered ${e.status}`,
    1006,
  ),
  'app.runtime.failed': define(
    'error',
    (e: ApplicationFields & { program: string; error: string }) =>
      `application ${e.application}: the runtime ${e.program} cannot be loaded: ${e.error}`,
    1007,
  ),
  'app.second_in_process': define(
    'error',
    (e: ApplicationFields & { pool: string; other: string }) =>
      `application ${e.application} is not started: pool ${e.pool} already hosts ${e.other} in-process; ` +
      'give each in-process application a pool of its own',
    1008,
  ),
  'app.mixed_hosting': define(
    'error',
    (e: ApplicationFields & { pool: string; other: string }) =>
      `application ${e.application} is not started: it and ${e.other} share pool ${e.pool} with different hosting models`,
    1009,
  ),
  'app.offline': define(
    'info',
    (e: ApplicationFields & { file: string }) => `application ${e.application} is offline: ${e.file} exists`,
    1012,
  ),
  'app.online': define('info', (e: ApplicationFields) => `application ${e.application} is online again`, 1012),
  'app.exception': define(
    'error',
    (e: ApplicationFields & { pid: number; error: string }) =>
      `application ${e.application}: process ${e.pid} ended with an exception: ${e.error}`,
    1018,
  ),
  'app.start.failed': define(
    'error',
    (e: ApplicationFields & { error: string; output?: string | undefined }) =>
      `application ${e.application} failed to start: ${e.error}`,
    1020,
  ),
  'app.recycled': define(
    'info',
    (e: ApplicationFields & { reason: string }) => `application ${e.application} is restarted: ${e.reason}`,
    1021,
  ),
  'app.recycle.failed': define(
    'error',
    (e: ApplicationFields & { error: string }) => `application ${e.application} could not be restarted: ${e.error}`,
    1022,
  ),
  'app.offline.watch_failed': define(
    'warn',
    (e: ApplicationFields & { folder: string; error: string }) =>
      `application ${e.application}: ${e.folder} cannot be watched for app_offline.htm: ${e.error}`,
    1024,
  ),
  'app.notice': define(
    'info',
    (e: ApplicationFields & { detail: string }) => `application ${e.application}: ${e.detail}`,
    1025,
  ),
  'app.warning': define(
    'warn',
    (e: ApplicationFields & { detail: string }) => `application ${e.application}: ${e.detail}`,
    1026,
  ),
  'app.exited': define(
    'info',
    (e: ApplicationFields & { pid: number; code?: number | undefined; signal?: string | undefined }) =>
      `application ${e.application}: process ${e.pid} ended (${ending(e)})`,
    1030,
  ),
  'app.in_process.start_failed': define(
    'error',
    (e: ApplicationFields & { error: string; output?: string | undefined }) =>
      `application ${e.application} failed to start in-process: ${e.error}`,
    1031,
  ),
  'app.in_process.started': define(
    'info',
    (e: ApplicationFields & { pid: number }) => `application ${e.application} started in-process (pid ${e.pid})`,
    1032,
  ),
  'app.shutdown': define('info', (e: ApplicationFields) => `application ${e.application} was shut down`, 1033),
  'app.init.page': define(
    'info',
    (e: ApplicationFields & { page: string; status: number; durationMs: number }) =>
      `application ${e.application}: warm-up of ${e.page} answered ${e.status} after ${seconds(e.durationMs)}`,
  ),
  'app.init.page_failed': define(
    'warn',
    (e: ApplicationFields & { page: string; error: string }) =>
      `application ${e.application}: warm-up of ${e.page} failed: ${e.error}`,
  ),
  'dataprotection.ephemeral': define(
    'warn',
    (e: { pool: string; reason: string }) =>
      `pool ${e.pool}: data protection keys live in memory only (${e.reason}); everyone signs in again after a recycle`,
  ),

  // ── identities and isolation ──
  'identity.unavailable': define(
    'warn',
    (e: { reason: string; remedy: string }) =>
      `every pool runs as the current user: ${e.reason}. For one user per pool: ${e.remedy}`,
  ),
  'identity.conflict': define(
    'error',
    (e: { pool: string; other: string; user: string }) =>
      `pools ${e.pool} and ${e.other} map to the same user ${e.user}; rename one of them`,
    9001,
  ),
  'isolation.cgroup': define(
    'warn',
    (e: { reason: string; remedy: string }) => `processor and memory limits are not enforced: ${e.reason}. ${e.remedy}`,
  ),
} as const;

/** Fields of every event about one process of a pool. */
type WorkerFields = {
  pool: string;
  slot: number;
  generation: number;
  pid: number;
  /** `ApplicationPlan.id`, where the process serves one application. */
  application?: string | undefined;
};

/** Fields of every event about one application. */
type ApplicationFields = {
  /** `ApplicationPlan.id`: `shop/` or `shop/api`. */
  application: string;
  pool: string;
};

/** What the catalogue knows of one event. */
export interface EventDefinition<Fields extends EventFields> {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: (fields: Fields) => string;
  /** The Windows id, or one for each value of a field. */
  readonly winId?: number | WinIdByField<Fields>;
  /** Fields whose values make two events "the same": of those only the first and one per 10 s are reported. */
  readonly repeatsBy?: readonly (keyof Fields & string)[];
}

export type WinIdByField<Fields> = { readonly [Field in keyof Fields]?: Readonly<Record<string, number>> };

function define<Fields extends EventFields>(
  level: EventDefinition<Fields>['level'],
  text: (fields: Fields) => string,
  winId?: number | WinIdByField<Fields>,
): EventDefinition<Fields> {
  return winId === undefined ? { level, text } : { level, text, winId };
}

/** Marks an event that can occur thousands of times a second. */
function repeating<Fields extends EventFields>(
  definition: EventDefinition<Fields>,
  ...by: (keyof Fields & string)[]
): EventDefinition<Fields> {
  return { ...definition, repeatsBy: by };
}

function worker(e: WorkerFields): string {
  return `process ${e.pid} (slot ${e.slot}, generation ${e.generation})`;
}

function ending(e: { code?: number | undefined; signal?: string | undefined }): string {
  return e.signal === undefined ? `exit code ${e.code ?? 'unknown'}` : `signal ${e.signal}`;
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`;
}

/** Milliseconds as people say them: `40 ms`, `1.2 s`, `90 s`. */
function seconds(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return `${ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1_000)} s`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
