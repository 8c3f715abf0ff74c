import { setTimeout as delay } from 'node:timers/promises';

export interface Deadline {
  /** Milliseconds after which the wait fails. Default 15,000. */
  readonly withinMs?: number;
  /** Milliseconds between two looks. Default 20. */
  readonly everyMs?: number;
}

/**
 * Looks at a condition until it holds and returns what it returned. Fails with `what` and the last thing
 * seen; an error thrown by the condition counts as "not yet".
 */
export async function until<T>(
  what: string | (() => string),
  condition: () => T | Promise<T>,
  { withinMs = 15_000, everyMs = 20 }: Deadline = {},
): Promise<Exclude<T, false | null | undefined>> {
  const end = performance.now() + withinMs;
  for (;;) {
    let seen: unknown;
    try {
      const value = await condition();
      if (value !== undefined && value !== null && value !== false)
        return value as Exclude<T, false | null | undefined>;
      seen = value;
    } catch (error) {
      seen = error;
    }
    if (performance.now() > end) {
      const awaited = typeof what === 'string' ? what : what();
      throw new Error(`waited ${withinMs} ms for ${awaited}; last seen: ${describe(seen)}`, { cause: seen });
    }
    await delay(everyMs);
  }
}

function describe(seen: unknown): string {
  return seen instanceof Error ? seen.message : JSON.stringify(seen);
}

/** Settles like `promise`, but fails with `what` when that takes longer than `withinMs`. */
export async function within<T>(what: string, promise: Promise<T>, withinMs = 15_000): Promise<T> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      promise,
      delay(withinMs, undefined, { signal: stop.signal }).then(() => {
        throw new Error(`waited ${withinMs} ms for ${what}`);
      }),
    ]);
  } finally {
    stop.abort();
  }
}
