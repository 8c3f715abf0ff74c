import { silentLogger, type Logger } from '../logger.ts';
import type { DataProtectorFactory } from '../protection/data-protector.ts';
import { dateOf, systemClock, type Instant } from '../time/instant.ts';
import type { ClaimsIdentity } from './claims/claims-identity.ts';
import { ClaimsPrincipal } from './claims/claims-principal.ts';
import { ChunkingCookieManager } from './http/chunking-cookie-manager.ts';
import { checkCookie, cookieOptions, type CookieBuilder } from './http/cookie-builder.ts';
import type { HttpExchange, RequestPart } from './http/http-exchange.ts';
import { percentEncode } from './http/percent-encoding.ts';
import { RequestCookies } from './http/request-cookies.ts';
import type { SetCookieOptions } from './http/set-cookie.ts';
import { AuthenticationProperties } from './tickets/authentication-properties.ts';
import { AuthenticationTicket } from './tickets/authentication-ticket.ts';
import { hasExpired, renewed } from './tickets/expiry.ts';
import { TicketDataFormat } from './tickets/ticket-data-format.ts';

/** Options of ASP.NET Core's cookie authentication; what is not said has its defaults. */
export interface CookieAuthenticationOptions {
  /** Over the key ring, and with the application name, of the applications that share the cookie. */
  readonly provider: DataProtectorFactory;
  /**
   * The authentication scheme: a purpose of the ticket, so a cookie of one is nothing to another. Default `Cookies`;
   * ASP.NET Core Identity has `Identity.Application`.
   */
  readonly scheme?: string;
  /**
   * Default name `.AspNetCore.` and the scheme, percent-encoded. Default attributes HttpOnly, SameSite=Lax, Secure as
   * the request was, and as path where the application is mounted.
   */
  readonly cookie?: CookieBuilder;
  /** How long a ticket is valid. Default 14 days. */
  readonly expireTimeSpanMs?: number;
  /** Whether `authenticate` writes the cookie anew when more than half of its time is over. Default true. */
  readonly slidingExpiration?: boolean;
  readonly cookieManager?: ChunkingCookieManager;
  /** Characters; a longer `Cookie` field counts as none. Default 65,536. */
  readonly maximumCookieLength?: number;
  readonly clock?: () => Instant;
  /** Told, at debug level, why a cookie gave no ticket. */
  readonly logger?: Logger;
}

const purpose = 'Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationMiddleware';
const defaultExpireTimeSpanMs = 14 * 24 * 60 * 60 * 1000;

/** The purposes of authentication cookies: `provider.createProtector(cookiePurposes('Cookies'))`. */
export function cookiePurposes(scheme: string): readonly string[] {
  return [purpose, scheme, 'v2'];
}

/** The name that ASP.NET Core gives the cookie of a scheme when the application gives none. */
export function defaultCookieName(scheme: string): string {
  return `.AspNetCore.${percentEncode(scheme)}`;
}

/**
 * Reads and writes the authentication cookie of ASP.NET Core. Make one and keep it:
 *
 *     const authentication = new CookieAuthentication({ provider, cookie: { name: '.AspNet.SharedCookie' } });
 *
 * What a ticket says was true when it was issued. Whether it still is, the application decides: the check of the
 * *security stamp*, by which ASP.NET Core Identity signs users out after a change of password, needs its user store
 * (claim `claimTypes.securityStamp`). Tickets kept in a session store come with `ticket.sessionId` and without claims:
 * fetch them there.
 */
export class CookieAuthentication {
  readonly scheme: string;
  readonly cookieName: string;
  readonly #format: TicketDataFormat;
  readonly #builder: CookieBuilder;
  readonly #expireTimeSpanMs: number;
  readonly #slidingExpiration: boolean;
  readonly #cookies: ChunkingCookieManager;
  readonly #maximumCookieLength: number | undefined;
  readonly #clock: () => Instant;
  readonly #logger: Logger;

  /** @throws TypeError for a name, path or domain that no cookie can have */
  constructor(options: CookieAuthenticationOptions) {
    this.scheme = options.scheme ?? 'Cookies';
    this.cookieName = options.cookie?.name ?? defaultCookieName(this.scheme);
    this.#format = new TicketDataFormat(options.provider.createProtector(cookiePurposes(this.scheme)));
    this.#builder = { sameSite: 'lax', securePolicy: 'sameAsRequest', ...options.cookie };
    checkCookie(this.cookieName, this.#builder);
    this.#expireTimeSpanMs = options.expireTimeSpanMs ?? defaultExpireTimeSpanMs;
    this.#slidingExpiration = options.slidingExpiration ?? true;
    this.#cookies = options.cookieManager ?? new ChunkingCookieManager();
    this.#maximumCookieLength = options.maximumCookieLength;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
  }

  /**
   * The ticket in the cookie of a request; null when there is none, when it is not one of ours, and when its time is
   * over. Never rejects: a client must not learn what was wrong.
   */
  async getTicket(request: RequestPart): Promise<AuthenticationTicket | null> {
    const value = this.#valueIn(request);
    if (value === null || value === '') return null;
    const ticket = await this.#format.unprotect(value);
    if (ticket === null) return this.#refused('could not be unprotected');
    if (hasExpired(ticket.properties, this.#now())) return this.#refused('has expired');
    return ticket;
  }

  /**
   * As `getTicket`; writes the cookie anew when sliding renewal is due. Returns the ticket with its new times then.
   * A ticket in a session store is not renewed: the store does that.
   *
   * @throws CryptographicError when a renewed ticket cannot be protected, for want of a key
   */
  async authenticate(exchange: HttpExchange): Promise<AuthenticationTicket | null> {
    const ticket = await this.getTicket(exchange);
    if (ticket === null || !this.#slidingExpiration || ticket.sessionId !== null) return ticket;
    const properties = renewed(ticket.properties, this.#now());
    if (properties === null) return ticket;
    const renewal = new AuthenticationTicket(ticket.principal, ticket.authenticationScheme, properties);
    await this.#write(exchange, renewal);
    return renewal;
  }

  /**
   * Writes the cookie for somebody whom the application has found to be who he is.
   *
   * @param properties times that are missing are set: issued now, expires after `expireTimeSpanMs`; `isPersistent`
   *   makes the cookie outlive the browser's session. They are not changed.
   * @returns the ticket that was written
   */
  async signIn(
    exchange: HttpExchange,
    principal: ClaimsPrincipal | ClaimsIdentity,
    properties: AuthenticationProperties = new AuthenticationProperties(),
  ): Promise<AuthenticationTicket> {
    const complete = properties.clone();
    complete.issuedUtc ??= this.#now();
    complete.expiresUtc ??= new Date(complete.issuedUtc.getTime() + this.#expireTimeSpanMs);
    const somebody = principal instanceof ClaimsPrincipal ? principal : new ClaimsPrincipal(principal);
    const ticket = new AuthenticationTicket(somebody, this.scheme, complete);
    await this.#write(exchange, ticket);
    return ticket;
  }

  /** Deletes the cookie and its chunks. A copy of it stays valid until it expires: the server keeps nothing. */
  signOut(exchange: HttpExchange): void {
    const cookies = new RequestCookies(exchange.cookieHeader, this.#maximumCookieLength);
    const options = cookieOptions(this.#builder, exchange);
    for (const field of this.#cookies.delete(cookies, this.cookieName, options)) exchange.appendSetCookie(field);
    forbidCaching(exchange);
  }

  async #write(exchange: HttpExchange, ticket: AuthenticationTicket): Promise<void> {
    const { isPersistent, expiresUtc } = ticket.properties;
    const options: SetCookieOptions = {
      ...cookieOptions(this.#builder, exchange),
      ...(isPersistent && expiresUtc !== null && { expires: expiresUtc }),
    };
    const value = await this.#format.protect(ticket);
    for (const field of this.#cookies.set(this.cookieName, value, options)) exchange.appendSetCookie(field);
    forbidCaching(exchange);
  }

  #valueIn(request: RequestPart): string | null {
    try {
      return this.#cookies.get(new RequestCookies(request.cookieHeader, this.#maximumCookieLength), this.cookieName);
    } catch {
      // A cookie manager that throws for partial cookies.
      return this.#refused('lacks a chunk');
    }
  }

  #refused(why: string): null {
    this.#logger.debug(`The cookie ${this.cookieName} of the scheme ${this.scheme} ${why}.`);
    return null;
  }

  #now(): Date {
    return dateOf(this.#clock());
  }
}

/** An answer that sets who somebody is belongs to one client alone. */
function forbidCaching(exchange: HttpExchange): void {
  exchange.setHeader('Cache-Control', 'no-cache,no-store');
  exchange.setHeader('Pragma', 'no-cache');
  exchange.setHeader('Expires', 'Thu, 01 Jan 1970 00:00:00 GMT');
}
