/**
 * Header names that pass between gateway, worker and application.
 *
 * Every inbound client header that begins with `MS-ASPNETCORE` (any case) is removed by the gateway
 * before these are set, so their presence proves who wrote them.
 */

/** Prefix of the reserved family; compared ignoring case. */
export const reservedHeaderPrefix = 'MS-ASPNETCORE';

/** The pairing token of the process that receives the request. */
export const pairingTokenHeader = 'MS-ASPNETCORE-TOKEN';

/** `shutdown` asks an application process to stop gracefully. */
export const eventHeader = 'MS-ASPNETCORE-EVENT';

/** The TLS client certificate: DER, base64, one line. */
export const clientCertificateHeader = 'MS-ASPNETCORE-CLIENTCERT';

/**
 * The user that the gateway authenticated, sent only when the handler setting `forwardIdentity` is true:
 * name, authentication type, and group names with `,` between them; each name is percent-encoded UTF-8.
 */
export const userHeader = 'MS-ASPNETCORE-USER';
export const userAuthenticationTypeHeader = 'MS-ASPNETCORE-USER-AUTHTYPE';
export const userGroupsHeader = 'MS-ASPNETCORE-USER-GROUPS';

/** Facts about the client's connection for an in-process worker; see `client-facts.ts`. */
export const clientFactsHeader = 'MS-ASPNETCORE-CLIENT';

/** Path, below the application's path base, of the graceful stop request. */
export const shutdownPath = '/iisintegration';
