import type { DataProtectorFactory } from '../protection/data-protector.ts';
import { dateOf, systemClock, type Instant } from '../time/instant.ts';
import type { ClaimsIdentity } from './claims/claims-identity.ts';
import { ClaimsPrincipal } from './claims/claims-principal.ts';
import { AuthenticationProperties } from './tickets/authentication-properties.ts';
import { AuthenticationTicket } from './tickets/authentication-ticket.ts';
import { TicketDataFormat } from './tickets/ticket-data-format.ts';

/** Options of ASP.NET Core's bearer tokens (.NET 8 and later); what is not said has its defaults. */
export interface BearerTokenOptions {
  readonly provider: DataProtectorFactory;
  /** Default `BearerToken`; ASP.NET Core Identity has `Identity.Bearer`. */
  readonly scheme?: string;
  /** Default 1 hour. */
  readonly bearerTokenExpirationMs?: number;
  /** Default 14 days. */
  readonly refreshTokenExpirationMs?: number;
  readonly clock?: () => Instant;
}

const purpose = 'Microsoft.AspNetCore.Authentication.BearerToken';
const hourMs = 60 * 60 * 1000;

/** The answer to a sign-in, in the form that ASP.NET Core gives it. */
export interface AccessTokenResponse {
  readonly tokenType: 'Bearer';
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string;
}

/**
 * Access and refresh tokens: protected tickets for programs that keep no cookies. As with cookies, whether a ticket's
 * security stamp is still that of the user is the application's to check, above all when it takes a refresh token.
 */
export class BearerTokens {
  readonly scheme: string;
  readonly #accessTokens: TicketDataFormat;
  readonly #refreshTokens: TicketDataFormat;
  readonly #bearerTokenExpirationMs: number;
  readonly #refreshTokenExpirationMs: number;
  readonly #clock: () => Instant;

  constructor(options: BearerTokenOptions) {
    this.scheme = options.scheme ?? 'BearerToken';
    this.#accessTokens = new TicketDataFormat(options.provider.createProtector(purpose, this.scheme, 'BearerToken'));
    this.#refreshTokens = new TicketDataFormat(options.provider.createProtector(purpose, this.scheme, 'RefreshToken'));
    this.#bearerTokenExpirationMs = options.bearerTokenExpirationMs ?? hourMs;
    this.#refreshTokenExpirationMs = options.refreshTokenExpirationMs ?? 14 * 24 * hourMs;
    this.#clock = options.clock ?? systemClock;
  }

  /** Both tokens for somebody whom the application has found to be who he is. */
  async signIn(
    principal: ClaimsPrincipal | ClaimsIdentity,
    properties: AuthenticationProperties = new AuthenticationProperties(),
  ): Promise<AccessTokenResponse> {
    const somebody = principal instanceof ClaimsPrincipal ? principal : new ClaimsPrincipal(principal);
    const now = dateOf(this.#clock()).getTime();
    const access = properties.clone();
    access.expiresUtc = new Date(now + this.#bearerTokenExpirationMs);
    const refresh = new AuthenticationProperties();
    refresh.expiresUtc = new Date(now + this.#refreshTokenExpirationMs);
    return {
      tokenType: 'Bearer',
      accessToken: await this.#accessTokens.protect(
        new AuthenticationTicket(somebody, `${this.scheme}:AccessToken`, access),
      ),
      expiresIn: Math.floor(this.#bearerTokenExpirationMs / 1000),
      refreshToken: await this.#refreshTokens.protect(
        new AuthenticationTicket(somebody, `${this.scheme}:RefreshToken`, refresh),
      ),
    };
  }

  /**
   * The ticket of an `Authorization` field; null when it is none of ours or its time is over. Never rejects.
   *
   * @param authorization `Bearer` and the token
   */
  async getTicket(authorization: string | null | undefined): Promise<AuthenticationTicket | null> {
    return typeof authorization === 'string' && authorization.startsWith('Bearer ')
      ? this.#valid(await this.#accessTokens.unprotect(authorization.slice('Bearer '.length).trim()))
      : null;
  }

  /** The ticket of a refresh token; null as above. */
  async getRefreshTicket(refreshToken: string): Promise<AuthenticationTicket | null> {
    return this.#valid(await this.#refreshTokens.unprotect(refreshToken));
  }

  /** Other than a cookie's, a bearer ticket must say when it expires, and is over at that instant. */
  #valid(ticket: AuthenticationTicket | null): AuthenticationTicket | null {
    const expires = ticket?.properties.expiresUtc ?? null;
    return expires !== null && expires > dateOf(this.#clock()) ? ticket : null;
  }
}
