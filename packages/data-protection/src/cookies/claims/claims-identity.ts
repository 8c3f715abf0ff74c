import { claimTypes } from './claim-types.ts';
import { Claim, type ClaimInit } from './claim.ts';
import { equalsIgnoringCase } from './ordinal-ignore-case.ts';

export interface IdentityOptions {
  /** Type of the claim that holds the name. Default `claimTypes.name`. */
  readonly nameClaimType?: string;
  /** Type of the claims that hold roles. Default `claimTypes.role`. */
  readonly roleClaimType?: string;
  /** The token that the identity was made of, where the application kept it. */
  readonly bootstrapContext?: string | null;
  /** On whose behalf: the identity that acts as this one. */
  readonly actor?: ClaimsIdentity | null;
}

/** What one authority says about somebody. ASP.NET Core: `ClaimsIdentity`. Immutable. */
export class ClaimsIdentity {
  static readonly defaultNameClaimType = claimTypes.name;
  static readonly defaultRoleClaimType = claimTypes.role;

  readonly authenticationType: string;
  readonly claims: readonly Claim[];
  readonly nameClaimType: string;
  readonly roleClaimType: string;
  readonly bootstrapContext: string | null;
  readonly actor: ClaimsIdentity | null;

  /**
   * @param authenticationType how it was authenticated, any text, for cookies mostly the scheme; the empty string
   *   means that it was not
   */
  constructor(authenticationType: string, claims: Iterable<Claim | ClaimInit> = [], options: IdentityOptions = {}) {
    this.authenticationType = authenticationType;
    this.claims = Array.from(claims, (claim) => (claim instanceof Claim ? claim : new Claim(claim)));
    this.nameClaimType = options.nameClaimType || claimTypes.name;
    this.roleClaimType = options.roleClaimType || claimTypes.role;
    this.bootstrapContext = options.bootstrapContext ?? null;
    this.actor = options.actor ?? null;
  }

  get isAuthenticated(): boolean {
    return this.authenticationType !== '';
  }

  /** Value of the first claim of the identity's name claim type. */
  get name(): string | null {
    return this.findFirst(this.nameClaimType)?.value ?? null;
  }

  /** The first claim of a type, whose case does not matter, as in .NET. */
  findFirst(type: string): Claim | null {
    return this.claims.find((claim) => equalsIgnoringCase(claim.type, type)) ?? null;
  }

  findAll(type: string): Claim[] {
    return this.claims.filter((claim) => equalsIgnoringCase(claim.type, type));
  }

  /** The case of the value matters, that of the type does not. */
  hasClaim(type: string, value: string): boolean {
    return this.claims.some((claim) => claim.value === value && equalsIgnoringCase(claim.type, type));
  }
}
