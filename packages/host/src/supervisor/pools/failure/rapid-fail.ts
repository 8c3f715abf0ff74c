/**
 * Pool rapid-fail protection: a sliding window of failure times, which is never more lenient over one
 * interval than the fixed window of IIS.
 *
 * @param crashes earlier failure times, oldest first
 * @returns the times that still count, with `now` added, and whether the pool has failed too often
 */
export function countCrash(
  crashes: readonly number[],
  now: number,
  policy: {
    readonly rapidFailProtection: boolean;
    readonly rapidFailProtectionIntervalMs: number;
    readonly rapidFailProtectionMaxCrashes: number;
  },
): { crashes: readonly number[]; disable: boolean } {
  const counted = [...crashes.filter((time) => now - time < policy.rapidFailProtectionIntervalMs), now];
  return {
    crashes: counted,
    disable: policy.rapidFailProtection && counted.length >= policy.rapidFailProtectionMaxCrashes,
  };
}

/** Failures further apart than this do not belong together, milliseconds. */
const togetherMs = 120_000;

/** Counts failures that follow each other closely. */
export function failuresInARow(
  earlier: { readonly inARow: number; readonly lastAt: number },
  now: number,
): { inARow: number; lastAt: number } {
  return { inARow: now - earlier.lastAt > togetherMs ? 1 : earlier.inARow + 1, lastAt: now };
}

/**
 * Pause before a process that keeps failing is started again, milliseconds: 0 after the first failure,
 * then 1, 2, 4 … 30 seconds, so that a broken pool without rapid-fail protection cannot spin.
 */
export function restartPause(failuresInARow: number): number {
  return failuresInARow <= 1 ? 0 : Math.min(30_000, 1_000 * 2 ** (failuresInARow - 2));
}

/**
 * How long the answer of a failed in-process start stands before a request may try again, milliseconds:
 * 1, 2, 4 … 60 seconds. A start that was refused for good stands until something changes.
 */
export function failedStartPause(failuresInARow: number): number {
  return Math.min(60_000, 1_000 * 2 ** (failuresInARow - 1));
}
