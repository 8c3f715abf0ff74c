import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { DataProtectorFactory } from '../../protection/data-protector.ts';
import { encodeUtf8 } from '../../encoding/utf8.ts';
import type { ClaimsPrincipal } from '../claims/claims-principal.ts';
import { checkCookie, cookieOptions, type CookieBuilder } from '../http/cookie-builder.ts';
import type { HttpExchange, RequestPart } from '../http/http-exchange.ts';
import { RequestCookies } from '../http/request-cookies.ts';
import { formatSetCookie } from '../http/set-cookie.ts';
import { SecureDataFormat } from '../tickets/secure-data-format.ts';
import { antiforgeryTokenSerializer, securityTokenLength, type AntiforgeryToken } from './antiforgery-token.ts';
import { claimUid } from './claim-uid.ts';

/** Options of ASP.NET Core's antiforgery; what is not said has its defaults. */
export interface AntiforgeryOptions {
  readonly provider: DataProtectorFactory;
  /** The application name that the provider has: a part of the cookie's name. Default none. */
  readonly applicationName?: string;
  /** Default attributes HttpOnly and SameSite=Strict; default name by `antiforgeryCookieName`. */
  readonly cookie?: CookieBuilder;
  /** Default `__RequestVerificationToken`. */
  readonly formFieldName?: string;
  /** Default `RequestVerificationToken`. */
  readonly headerName?: string;
  /** Text of the application's own in each request token, and whether it takes what comes back. */
  readonly additionalData?: { create(): string; isValid(text: string): boolean };
  readonly random?: (bytes: number) => Buffer;
}

export interface AntiforgeryTokens {
  /** For the form field or the header. */
  readonly requestToken: string;
  readonly formFieldName: string;
  readonly headerName: string;
}

const purpose = 'Microsoft.AspNetCore.Antiforgery.AntiforgeryToken.v1';

/** `.AspNetCore.Antiforgery.` and 8 bytes of the SHA-256 of the application name, which may be empty. */
export function antiforgeryCookieName(applicationName = ''): string {
  const hash = createHash('sha256').update(encodeUtf8(applicationName)).digest();
  return `.AspNetCore.Antiforgery.${hash.subarray(0, 8).toString('base64url')}`;
}

/**
 * Pairs of tokens that prove a form to be ours: one in a cookie, one in the form or a header, both with the same
 * random bytes, the second for one user only. ASP.NET Core: `IAntiforgery`.
 */
export class Antiforgery {
  readonly cookieName: string;
  readonly formFieldName: string;
  readonly headerName: string;
  readonly #format: SecureDataFormat<AntiforgeryToken>;
  readonly #builder: CookieBuilder;
  readonly #additionalData: NonNullable<AntiforgeryOptions['additionalData']> | undefined;
  readonly #random: (bytes: number) => Buffer;

  /** @throws TypeError for a name, path or domain that no cookie can have */
  constructor(options: AntiforgeryOptions) {
    this.cookieName = options.cookie?.name ?? antiforgeryCookieName(options.applicationName);
    this.formFieldName = options.formFieldName ?? '__RequestVerificationToken';
    this.headerName = options.headerName ?? 'RequestVerificationToken';
    this.#format = new SecureDataFormat(antiforgeryTokenSerializer, options.provider.createProtector(purpose));
    this.#builder = { sameSite: 'strict', securePolicy: 'none', ...options.cookie };
    checkCookie(this.cookieName, this.#builder);
    this.#additionalData = options.additionalData;
    this.#random = options.random ?? randomBytes;
  }

  /**
   * A request token for the user; writes the cookie when the request has none that is good. The answer must not be
   * cached, and says so; and no other site may frame it, unless it has an `X-Frame-Options` already.
   *
   * @param user null for nobody; a token for one user is not valid for another, so get it after the sign-in
   * @throws TypeError for an authenticated user without any claim, unless there is additional data
   */
  async getAndStoreTokens(exchange: HttpExchange, user: ClaimsPrincipal | null = null): Promise<AntiforgeryTokens> {
    const additionalData = this.#additionalData?.create() ?? '';
    const known = await this.#cookieToken(exchange);
    const cookieToken: AntiforgeryToken = known ?? { kind: 'cookie', securityToken: this.#random(securityTokenLength) };
    const { securityToken } = cookieToken;
    const requestToken = await this.#format.protect({
      kind: 'request',
      securityToken,
      user: identified(user, additionalData),
      additionalData,
    });
    if (known === null) {
      const value = await this.#format.protect(cookieToken);
      exchange.appendSetCookie(formatSetCookie(this.cookieName, value, cookieOptions(this.#builder, exchange)));
    }
    exchange.setHeader('Cache-Control', 'no-cache, no-store');
    exchange.setHeader('Pragma', 'no-cache');
    if (!exchange.hasHeader('X-Frame-Options')) exchange.setHeader('X-Frame-Options', 'SAMEORIGIN');
    return { requestToken, formFieldName: this.formFieldName, headerName: this.headerName };
  }

  /**
   * Whether the request brings a pair of tokens of ours for this user. Never rejects.
   *
   * @param formToken value of the form field `formFieldName`, where the application has read a form; counts when the
   *   request has no header `headerName`
   */
  async isRequestValid(
    request: RequestPart,
    user: ClaimsPrincipal | null = null,
    formToken?: string | null,
  ): Promise<boolean> {
    const requestText = request.header(this.headerName) || formToken;
    if (!requestText) return false;
    const [cookieToken, requestToken] = await Promise.all([
      this.#cookieToken(request),
      this.#format.unprotect(requestText),
    ]);
    if (cookieToken === null || requestToken?.kind !== 'request') return false;
    return (
      timingSafeEqual(cookieToken.securityToken, requestToken.securityToken) &&
      isSameUser(requestToken.user, userOf(user)) &&
      (this.#additionalData?.isValid(requestToken.additionalData) ?? true)
    );
  }

  async #cookieToken(request: RequestPart): Promise<AntiforgeryToken | null> {
    const text = new RequestCookies(request.cookieHeader).get(this.cookieName);
    const token = text === null ? null : await this.#format.unprotect(text);
    return token?.kind === 'cookie' ? token : null;
  }
}

/** A token for a user whom nothing tells from another would be good for all of them. */
function identified(user: ClaimsPrincipal | null, additionalData: string): Buffer | '' {
  const uid = userOf(user);
  if (uid === '' && additionalData === '' && user?.identities.some((identity) => identity.isAuthenticated) === true) {
    throw new TypeError('An antiforgery token needs a claim of the authenticated user, or additional data.');
  }
  return uid;
}

/**
 * The claim uid; empty for nobody. A user with claims has one always, so no token has a user's name, as ASP.NET Core
 * writes it only for applications that take claims out of it.
 */
function userOf(user: ClaimsPrincipal | null): Buffer | '' {
  return (user && claimUid(user)) ?? '';
}

function isSameUser(said: Buffer | string, current: Buffer | ''): boolean {
  return typeof said === 'string' || current === '' ? said === current : timingSafeEqual(said, current);
}
