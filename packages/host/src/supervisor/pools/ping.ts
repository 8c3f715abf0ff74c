import type { WorkerProcess } from './pool-state.ts';

/** A tick later than this means that the machine or the supervisor stood still, milliseconds. */
const expectedTickMs = 1_000;

/** By how much the supervisor's own clock was late: pings get that much more time, because a pause delays both sides. */
export function lateness(lastTickAt: number, now: number): number {
  const late = now - lastTickAt - expectedTickMs;
  return late > expectedTickMs ? late : 0;
}

export function pingDue(process: WorkerProcess, intervalMs: number, now: number): boolean {
  return process.pingSentAt === undefined && now - process.lastPingAt >= intervalMs;
}

/** How long an unanswered ping has been out, once that is more than allowed. */
export function pingOverdue(process: WorkerProcess, responseTimeMs: number, now: number): number | undefined {
  if (process.pingSentAt === undefined) return undefined;
  const waited = now - process.pingSentAt;
  return waited > responseTimeMs ? waited : undefined;
}
