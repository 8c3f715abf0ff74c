import type { ClaimsPrincipal } from '../claims/claims-principal.ts';
import { AuthenticationProperties } from './authentication-properties.ts';

const sessionIdClaim = 'Microsoft.AspNetCore.Authentication.Cookies-SessionId';

/** Who somebody is, how that was found, and until when it holds. ASP.NET Core: `AuthenticationTicket`. */
export class AuthenticationTicket {
  readonly principal: ClaimsPrincipal;
  readonly authenticationScheme: string;
  readonly properties: AuthenticationProperties;

  constructor(
    principal: ClaimsPrincipal,
    authenticationScheme: string,
    properties: AuthenticationProperties = new AuthenticationProperties(),
  ) {
    this.principal = principal;
    this.authenticationScheme = authenticationScheme;
    this.properties = properties;
  }

  /**
   * Set when the application that wrote the cookie keeps its tickets in a store of its own (`SessionStore` of ASP.NET
   * Core's cookie options): the principal has this claim alone, and neither who it is nor the expiry is known before
   * the ticket has been fetched from there by this id.
   */
  get sessionId(): string | null {
    // The type is compared with its case, other than in `findFirst`.
    return this.principal.claims.find(({ type }) => type === sessionIdClaim)?.value ?? null;
  }
}
