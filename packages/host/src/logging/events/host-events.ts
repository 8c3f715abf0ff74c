import { define } from '../event-definition.ts';
import { count } from '../phrases.ts';

/** Of the host itself and its configuration. */
export const hostEvents = {
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
  'supervisor.control_groups': define(
    'info',
    (e: { folder: string }) => `each process of a pool has a control group of its own below ${e.folder}`,
  ),
  'supervisor.task_failed': define('error', (e: { task: string; error: string }) => `${e.task} failed: ${e.error}`),
  'supervisor.stopped': define('info', (_: Record<never, never>) => 'stopped'),
  'supervisor.operation_failed': define(
    'error',
    (e: { operation: string; error: string; requestId: string }) =>
      `${e.operation} (request ${e.requestId}) failed inside the supervisor: ${e.error}`,
  ),

  // ── the service manager ──
  'service.sockets_invalid': define('warn', (e: { detail: string }) => `socket activation: ${e.detail}`),
  'service.socket_unneeded': define(
    'warn',
    (e: { fd: number; name: string; address: string; port: number }) =>
      `the service manager listens on ${e.address} port ${e.port} (${`descriptor ${e.fd} ${e.name}`.trim()}) and no binding ` +
      'needs it: clients that connect there wait for nothing; ' +
      'add a binding, or take it out of the socket unit',
  ),
  'service.notify_unavailable': define(
    'warn',
    (e: { program: string }) =>
      `the service manager waits to be told that Poolhouse is ready, and ${e.program}, which tells it, is missing; ` +
      'install it (package systemd), or set Type=exec in the unit',
  ),
  'service.notify_failed': define(
    'warn',
    (e: { error: string }) => `the service manager could not be told how Poolhouse is: ${e.error}`,
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
    (e: { file: string; line: number; column: number; detail: string }) =>
      `${e.file}:${e.line}:${e.column}: ${e.detail}`,
    5041,
  ),
  'config.module_disabled': define(
    'warn',
    (e: { file: string; line: number; column: number; detail: string }) =>
      `${e.file}:${e.line}:${e.column}: ${e.detail}`,
    1013,
  ),
  'config.pool.ignored': define(
    'error',
    (e: { file: string; line: number; column: number; detail: string; tooLong: boolean }) =>
      `${e.file}:${e.line}:${e.column}: ${e.detail}`,
    { tooLong: { true: 5050, false: 5051 } },
  ),
} as const;
