import { define, repeating } from '../event-definition.ts';
import { because, seconds } from '../phrases.ts';

/** Of application pools, their identities and their isolation. */
export const poolEvents = {
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
