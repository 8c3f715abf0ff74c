import type { AuthenticationProperties } from './authentication-properties.ts';

/**
 * Whether a ticket's time is over: in its last second it is valid still, and without an expiry it never ends. An expiry
 * that cannot be read counts as over; .NET takes it for none.
 */
export function hasExpired(properties: AuthenticationProperties, now: Date): boolean {
  const expires = properties.expiresUtc;
  return expires === null ? properties.hasUnreadableExpiry : expires < now;
}

/**
 * Sliding renewal: when more than half of a ticket's time is over it is issued again for as long.
 *
 * @returns the properties of the new ticket, or null when it is not due, not possible or not allowed
 */
export function renewed(properties: AuthenticationProperties, now: Date): AuthenticationProperties | null {
  const { issuedUtc, expiresUtc, allowRefresh } = properties;
  if (issuedUtc === null || expiresUtc === null || allowRefresh === false) return null;
  const elapsedMs = now.getTime() - issuedUtc.getTime();
  const remainingMs = expiresUtc.getTime() - now.getTime();
  if (remainingMs >= elapsedMs) return null;
  const renewal = properties.clone();
  renewal.issuedUtc = now;
  renewal.expiresUtc = new Date(now.getTime() + expiresUtc.getTime() - issuedUtc.getTime());
  return renewal;
}
