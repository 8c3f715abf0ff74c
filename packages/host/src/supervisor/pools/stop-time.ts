import type { ApplicationPoolSettings } from '../activation/revision.ts';
import type { HostedApplication } from './pool-state.ts';

/**
 * How long a process that is let go of may live, its requests included, milliseconds: the pool's
 * `shutdownTimeLimit`. With `app_offline.htm` somebody waits for its files: then no longer than the application's own.
 */
export function timeToEnd(
  { processModel }: ApplicationPoolSettings,
  application: HostedApplication,
  offline: boolean,
): number {
  const { shutdownTimeLimitMs } = processModel;
  return offline ? Math.min(shutdownTimeLimitMs, application.shutdownLimitMs) : shutdownTimeLimitMs;
}

/**
 * What of that time is kept for the end itself, milliseconds: a process that streams without end is asked to stop
 * this long before it is killed. A tenth, at least a second where there is one, and no more than the application
 * needs to end.
 */
export function stopReserve(timeToEndMs: number, application: HostedApplication): number {
  return Math.min(application.shutdownLimitMs, Math.max(timeToEndMs / 10, 1_000), timeToEndMs / 2);
}
