import type { ApplicationFailures } from '../pool-state.ts';

/** Length of the module's fixed window, milliseconds. */
const windowMs = 60_000;

export const noFailures: ApplicationFailures = {
  windowStart: 0,
  inWindow: 0,
  inARow: 0,
  lastAt: 0,
  failure: undefined,
  until: 0,
};

/** Counts a crash, or a start that failed in both attempts, in the module's fixed window. */
export function countApplicationFailure(failures: ApplicationFailures, now: number): ApplicationFailures {
  const { windowStart, inWindow } = currentWindow(failures, now);
  return { ...failures, windowStart, inWindow: inWindow + 1 };
}

/**
 * When an application that failed too often may be started again; undefined when it may be started now.
 * Strictly more failures than the limit block: with 10, the eleventh.
 */
export function blockedUntil(
  failures: ApplicationFailures,
  rapidFailsPerMinute: number,
  now: number,
): number | undefined {
  const { windowStart, inWindow } = currentWindow(failures, now);
  return inWindow > rapidFailsPerMinute ? windowStart + windowMs : undefined;
}

function currentWindow(failures: ApplicationFailures, now: number): { windowStart: number; inWindow: number } {
  return now - failures.windowStart >= windowMs ? { windowStart: now, inWindow: 0 } : failures;
}
