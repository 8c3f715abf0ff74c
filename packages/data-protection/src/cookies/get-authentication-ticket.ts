import { CookieAuthentication, type CookieAuthenticationOptions } from './cookie-authentication.ts';
import {
  fetchExchange,
  fetchRequestPart,
  nodeExchange,
  nodeRequestPart,
  type FetchHeaders,
  type FetchRequest,
  type HttpExchange,
  type NodeRequest,
  type NodeResponse,
  type RequestPart,
} from './http/http-exchange.ts';
import type { AuthenticationTicket } from './tickets/authentication-ticket.ts';

/** Options, or what was made of them: an application that keeps it has less to do for each request. */
export type Authentication = CookieAuthentication | CookieAuthenticationOptions;

/**
 * The ticket in the authentication cookie of a request of node:http, node:http2 or fetch; null when there is none that
 * is valid now. Never rejects. What it leaves to the application, `CookieAuthentication` tells.
 *
 * @throws TypeError for options with which no `CookieAuthentication` can be made, whatever the request
 */
export function getAuthenticationTicket(
  request: NodeRequest | FetchRequest,
  authentication: Authentication,
): Promise<AuthenticationTicket | null> {
  return ticketIn(isFetchRequest(request) ? fetchRequestPart(request) : nodeRequestPart(request), authentication);
}

/** A request and its answer: of node:http, or of fetch with the headers of the response to be. */
export function httpExchange(request: NodeRequest, response: NodeResponse): HttpExchange;
export function httpExchange(request: FetchRequest, headers: FetchHeaders): HttpExchange;
export function httpExchange(request: NodeRequest | FetchRequest, answer: NodeResponse | FetchHeaders): HttpExchange {
  return isFetchRequest(request)
    ? fetchExchange(request, answer as FetchHeaders)
    : nodeExchange(request, answer as NodeResponse);
}

export function ticketIn(request: RequestPart, authentication: Authentication): Promise<AuthenticationTicket | null> {
  const reader =
    authentication instanceof CookieAuthentication ? authentication : new CookieAuthentication(authentication);
  return reader.getTicket(request);
}

function isFetchRequest(request: NodeRequest | FetchRequest): request is FetchRequest {
  return 'get' in request.headers && typeof request.headers.get === 'function';
}
