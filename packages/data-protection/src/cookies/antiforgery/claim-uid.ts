import { createHash } from 'node:crypto';
import { BinaryWriter } from '../../encoding/binary-writer.ts';
import type { Claim } from '../claims/claim.ts';
import { claimTypes } from '../claims/claim-types.ts';
import type { ClaimsPrincipal } from '../claims/claims-principal.ts';
import { sortAsDotnet } from './unstable-sort.ts';

/** What tells one user from another, the best first. */
const identifyingTypes = ['sub', claimTypes.nameIdentifier, claimTypes.upn];

/** Bytes. */
export const claimUidLength = 32;

/**
 * What stands for a user in an antiforgery token: SHA-256 over type, value and issuer of the claim that identifies him;
 * where no authenticated identity has one, over all their claims. Null for somebody without an authenticated identity,
 * or with no claims at all.
 */
export function claimUid(user: ClaimsPrincipal): Buffer | null {
  const claims = identifyingClaims(user);
  if (claims.length === 0) return null;
  const writer = new BinaryWriter();
  for (const { type, value, issuer } of claims) writer.string(type).string(value).string(issuer);
  return createHash('sha256').update(writer.toBuffer()).digest();
}

function identifyingClaims({ identities }: ClaimsPrincipal): readonly Claim[] {
  const authenticated = identities.filter((identity) => identity.isAuthenticated);
  for (const { claims } of authenticated) {
    for (const type of identifyingTypes) {
      // Only the first of a type counts, also when it is empty.
      const claim = claims.find((claim) => claim.type === type);
      if (claim !== undefined && claim.value !== '') return [claim];
    }
  }
  const all = authenticated.flatMap(({ claims }) => claims);
  sortAsDotnet(all, (one, other) => (one.type < other.type ? -1 : one.type > other.type ? 1 : 0));
  return all;
}
