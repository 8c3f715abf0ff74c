import { define, repeating } from '../event-definition.ts';
import { ending, seconds } from '../phrases.ts';

/** Of applications: what the ASP.NET Core Module reports. */
export const applicationEvents = {
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
} as const;

/** Fields of every event about one application. */
type ApplicationFields = {
  /** `ApplicationPlan.id`: `shop/` or `shop/api`. */
  application: string;
  pool: string;
};
