import { ticketIn, type Authentication } from './cookies/get-authentication-ticket.ts';
import {
  nodeRequestPart,
  type HttpExchange,
  type NodeRequest,
  type RequestPart,
} from './cookies/http/http-exchange.ts';
import type { AuthenticationTicket } from './cookies/tickets/authentication-ticket.ts';

/** The parts of a request of Fastify that are read. */
export interface FastifyRequestPart {
  readonly raw: NodeRequest;
  /** `trustProxy` considered. */
  readonly protocol: string;
}

/** The parts of a reply of Fastify that are used. */
export interface FastifyReplyPart {
  header(name: string, value: string): unknown;
  hasHeader(name: string): boolean;
}

/**
 * The ticket in the authentication cookie of a request of Fastify 5; null when there is none that is valid now. Never
 * rejects.
 *
 *     app.get('/', async (request) => {
 *       const ticket = await getAuthenticationTicket(request, authentication);
 *       return `Hello ${ticket?.principal.identity?.name ?? 'stranger'}`;
 *     });
 *
 * Whether the user's security stamp is still the one in the ticket is the application's to check.
 */
export function getAuthenticationTicket(
  request: FastifyRequestPart,
  authentication: Authentication,
): Promise<AuthenticationTicket | null> {
  return ticketIn(requestPart(request), authentication);
}

/**
 * What `CookieAuthentication` and `Antiforgery` read from and write to:
 *
 *     await authentication.signIn(httpExchange(request, reply), new ClaimsIdentity('Cookies', claims));
 *
 * Whether the cookie is `Secure` follows `request.protocol`, and so `trustProxy`.
 */
export function httpExchange(request: FastifyRequestPart, reply: FastifyReplyPart): HttpExchange {
  return {
    ...requestPart(request),
    // Fastify adds fields of this name instead of replacing them.
    appendSetCookie: (text) => void reply.header('Set-Cookie', text),
    setHeader: (name, value) => void reply.header(name, value),
    hasHeader: (name) => reply.hasHeader(name),
  };
}

function requestPart({ raw, protocol }: FastifyRequestPart): RequestPart {
  return { ...nodeRequestPart(raw), isHttps: protocol === 'https' };
}
