export { Antiforgery, antiforgeryCookieName } from './antiforgery/antiforgery.ts';
export type { AntiforgeryOptions, AntiforgeryTokens } from './antiforgery/antiforgery.ts';
export { claimUid } from './antiforgery/claim-uid.ts';
export { BearerTokens, type AccessTokenResponse, type BearerTokenOptions } from './bearer-tokens.ts';
export { claimTypes } from './claims/claim-types.ts';
export { Claim, type ClaimInit } from './claims/claim.ts';
export { ClaimsIdentity, type IdentityOptions } from './claims/claims-identity.ts';
export { ClaimsPrincipal } from './claims/claims-principal.ts';
export { CookieAuthentication, cookiePurposes, defaultCookieName } from './cookie-authentication.ts';
export type { CookieAuthenticationOptions } from './cookie-authentication.ts';
export { getAuthenticationTicket, httpExchange, type Authentication } from './get-authentication-ticket.ts';
export { ChunkingCookieManager, type ChunkingOptions, type CookieSource } from './http/chunking-cookie-manager.ts';
export type { CookieBuilder } from './http/cookie-builder.ts';
export type {
  FetchHeaders,
  FetchRequest,
  HttpExchange,
  NodeRequest,
  NodeResponse,
  RequestPart,
} from './http/http-exchange.ts';
export { RequestCookies } from './http/request-cookies.ts';
export { formatSetCookie, type SameSite, type SetCookieOptions } from './http/set-cookie.ts';
export { IdentityTokens, type IdentityTokenOptions, type IdentityTokenSubject } from './identity-tokens.ts';
export { nonceFormat, openIdConnectHandler, stateFormat } from './remote-sign-in.ts';
export { SessionCookieFormat } from './session-cookie.ts';
export { TempDataCookieFormat } from './temp-data-cookie.ts';
export { AuthenticationProperties } from './tickets/authentication-properties.ts';
export { AuthenticationTicket } from './tickets/authentication-ticket.ts';
export { hasExpired, renewed } from './tickets/expiry.ts';
export { propertiesSerializer } from './tickets/properties-serializer.ts';
export { SecureDataFormat, type DataSerializer } from './tickets/secure-data-format.ts';
export { PropertiesDataFormat, TicketDataFormat } from './tickets/ticket-data-format.ts';
export { ticketSerializer } from './tickets/ticket-serializer.ts';
