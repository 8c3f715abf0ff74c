import type { RequestPart } from './http-exchange.ts';
import { formatSetCookie, type SameSite, type SetCookieOptions } from './set-cookie.ts';

/** How an application wants a cookie. ASP.NET Core: `CookieBuilder`. */
export interface CookieBuilder {
  readonly name?: string;
  /** Default: where the application is mounted, `/` at the root. */
  readonly path?: string;
  /** Set it to share the cookie among hosts of one domain. */
  readonly domain?: string;
  /** `unspecified` writes no attribute. */
  readonly sameSite?: SameSite | 'unspecified';
  readonly httpOnly?: boolean;
  /** `sameAsRequest`: only over TLS when the request came over TLS. */
  readonly securePolicy?: 'sameAsRequest' | 'always' | 'none';
  readonly maxAgeSeconds?: number;
}

/** @throws TypeError for a name, path or domain that no cookie can have: better at the start than with a request */
export function checkCookie(name: string, { path = '/', domain = '' }: CookieBuilder): void {
  formatSetCookie(name, '', { path, domain });
}

/** Attributes of the cookie in one answer. */
export function cookieOptions(builder: CookieBuilder, request: RequestPart): SetCookieOptions {
  const { path, domain, sameSite, httpOnly, securePolicy, maxAgeSeconds } = builder;
  return {
    path: path ?? (request.pathBase || '/'),
    secure: securePolicy === 'always' || (securePolicy === 'sameAsRequest' && request.isHttps),
    httpOnly: httpOnly ?? true,
    ...(domain !== undefined && { domain }),
    ...(sameSite !== undefined && sameSite !== 'unspecified' && { sameSite }),
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
  };
}
