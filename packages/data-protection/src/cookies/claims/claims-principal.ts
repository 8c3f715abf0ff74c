import type { Claim } from './claim.ts';
import type { ClaimsIdentity } from './claims-identity.ts';

/** Somebody, with all identities. ASP.NET Core: `ClaimsPrincipal`. Immutable. */
export class ClaimsPrincipal {
  readonly identities: readonly ClaimsIdentity[];

  constructor(identities: ClaimsIdentity | Iterable<ClaimsIdentity>) {
    this.identities = Symbol.iterator in identities ? [...identities] : [identities];
  }

  /** The first identity; null when there is none. */
  get identity(): ClaimsIdentity | null {
    return this.identities[0] ?? null;
  }

  /** The claims of all identities. */
  get claims(): Claim[] {
    return this.identities.flatMap((identity) => identity.claims);
  }

  /** The first claim of a type in any identity; the case of the type does not matter. */
  findFirst(type: string): Claim | null {
    for (const identity of this.identities) {
      const claim = identity.findFirst(type);
      if (claim !== null) return claim;
    }
    return null;
  }

  findAll(type: string): Claim[] {
    return this.identities.flatMap((identity) => identity.findAll(type));
  }

  hasClaim(type: string, value: string): boolean {
    return this.identities.some((identity) => identity.hasClaim(type, value));
  }

  /** Whether an identity has the role, in claims of its own role claim type. The case of the role matters. */
  isInRole(role: string): boolean {
    return this.identities.some((identity) => identity.hasClaim(identity.roleClaimType, role));
  }
}
