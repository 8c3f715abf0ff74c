import { ticketIn, type Authentication } from './cookies/get-authentication-ticket.ts';
import {
  nodeExchange,
  nodeRequestPart,
  type HttpExchange,
  type NodeRequest,
  type NodeResponse,
} from './cookies/http/http-exchange.ts';
import type { AuthenticationTicket } from './cookies/tickets/authentication-ticket.ts';

/**
 * The ticket in the authentication cookie of a request of Express, 4 or 5; null when there is none that is valid now.
 * Never rejects.
 *
 *     app.get('/', async (request, response) => {
 *       const ticket = await getAuthenticationTicket(request, authentication);
 *       response.send(`Hello ${ticket?.principal.identity?.name ?? 'stranger'}`);
 *     });
 *
 * Whether the user's security stamp is still the one in the ticket is the application's to check.
 */
export function getAuthenticationTicket(
  request: NodeRequest,
  authentication: Authentication,
): Promise<AuthenticationTicket | null> {
  return ticketIn(nodeRequestPart(request), authentication);
}

/**
 * What `CookieAuthentication` and `Antiforgery` read from and write to:
 *
 *     await authentication.signIn(httpExchange(request, response), new ClaimsIdentity('Cookies', claims));
 *
 * Whether the cookie is `Secure` follows `request.secure`, and so `trust proxy`.
 */
export function httpExchange(request: NodeRequest, response: NodeResponse): HttpExchange {
  return nodeExchange(request, response);
}
