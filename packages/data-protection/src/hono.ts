import { ticketIn, type Authentication } from './cookies/get-authentication-ticket.ts';
import type { HttpExchange, RequestPart } from './cookies/http/http-exchange.ts';
import type { AuthenticationTicket } from './cookies/tickets/authentication-ticket.ts';

/** The parts of a context of Hono that are used. */
export interface HonoContextPart {
  readonly req: { readonly url: string; header(name: string): string | undefined };
  readonly res: { readonly headers: { has(name: string): boolean } };
  /** Of `@hono/node-server`: the request of node:http, which knows where a gateway mounts the application. */
  readonly env: unknown;
  header(name: string, value: string, options?: { append?: boolean }): void;
}

/**
 * The ticket in the authentication cookie of a request of Hono 4; null when there is none that is valid now. Never
 * rejects.
 *
 *     app.get('/', async (c) => {
 *       const ticket = await getAuthenticationTicket(c, authentication);
 *       return c.text(`Hello ${ticket?.principal.identity?.name ?? 'stranger'}`);
 *     });
 *
 * Whether the user's security stamp is still the one in the ticket is the application's to check.
 */
export function getAuthenticationTicket(
  context: HonoContextPart,
  authentication: Authentication,
): Promise<AuthenticationTicket | null> {
  return ticketIn(requestPart(context), authentication);
}

/**
 * What `CookieAuthentication` and `Antiforgery` read from and write to:
 *
 *     await authentication.signIn(httpExchange(c), new ClaimsIdentity('Cookies', claims));
 *
 * Whether the cookie is `Secure` follows the scheme of `c.req.url`.
 */
export function httpExchange(context: HonoContextPart): HttpExchange {
  return {
    ...requestPart(context),
    appendSetCookie: (text) => context.header('Set-Cookie', text, { append: true }),
    setHeader: (name, value) => context.header(name, value),
    hasHeader: (name) => context.res.headers.has(name),
  };
}

function requestPart({ req, env }: HonoContextPart): RequestPart {
  const { incoming } = (env ?? {}) as { incoming?: { pathBase?: unknown } };
  return {
    cookieHeader: req.header('cookie'),
    isHttps: req.url.startsWith('https:'),
    pathBase: typeof incoming?.pathBase === 'string' ? incoming.pathBase : '',
    header: (name) => req.header(name) ?? null,
  };
}
