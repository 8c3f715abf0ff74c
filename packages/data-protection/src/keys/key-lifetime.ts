import { ticksPerDay, type Instant } from '../time/instant.ts';

/** Of a new key, in days. */
export const usualLifetimeDays = 90;
/** A key of less would need a successor before all processes of a farm have seen it. */
export const leastLifetimeDays = 7;
/** Dates end in the year 9999. */
export const mostLifetimeDays = 1_000_000;

/** @throws RangeError outside of what is allowed */
export function lifetimeOf(days: number): Instant {
  if (!(days >= leastLifetimeDays && days <= mostLifetimeDays)) {
    throw new RangeError(`newKeyLifetimeDays is ${days}: it must be at least ${leastLifetimeDays} days.`);
  }
  return BigInt(Math.round(days * 86_400)) * (ticksPerDay / 86_400n);
}
