/**
 * An instant as .NET counts it: ticks of 100 ns since 0001-01-01T00:00:00Z. `Date` is too coarse: keys that were made in
 * the same millisecond must keep their order, and an expiry is compared to the tick.
 */
export type Instant = bigint;

export const ticksPerMillisecond = 10_000n;
export const ticksPerSecond = 10_000_000n;
export const ticksPerDay = 864_000_000_000n;

/** 1970-01-01T00:00:00Z. */
export const unixEpoch: Instant = 621_355_968_000_000_000n;
/** 9999-12-31T23:59:59.9999999Z, the largest that .NET can say. */
export const latestInstant: Instant = 3_155_378_975_999_999_999n;

export function instantOf(date: Date): Instant {
  return BigInt(date.getTime()) * ticksPerMillisecond + unixEpoch;
}

/** Cuts what is below a millisecond. */
export function dateOf(instant: Instant): Date {
  return new Date(Number((instant - unixEpoch) / ticksPerMillisecond));
}

export function systemClock(): Instant {
  return BigInt(Date.now()) * ticksPerMillisecond + unixEpoch;
}
