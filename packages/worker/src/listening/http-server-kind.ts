import http from 'node:http';
import type net from 'node:net';

/** How the gateway talks to a server of the application. */
export interface HttpServerKind {
  readonly protocol: 'http/1.1' | 'h2c';
  /** The server expects TLS; TLS ends at the gateway, so connections from there are handed over as secure ones. */
  readonly tls: boolean;
}

/**
 * Tells HTTP servers from any other `net.Server`, by their methods: `node:https` and `node:http2` are not loaded
 * for this, and subclasses count.
 */
export function httpServerKind(server: net.Server): HttpServerKind | undefined {
  const tls = 'setSecureContext' in server;
  // node:http2. Only with `allowHTTP1` has a server HTTP/1.1's time limits.
  if ('updateSettings' in server) return { protocol: 'headersTimeout' in server ? 'http/1.1' : 'h2c', tls };
  if (server instanceof http.Server || (tls && 'headersTimeout' in server)) return { protocol: 'http/1.1', tls };
  return undefined;
}

/**
 * Why a server cannot be served behind a gateway that ends TLS; undefined when it can. A server that demands
 * client certificates trusts that no handler runs without one.
 */
export function unservable(server: net.Server): string | undefined {
  const { requestCert, rejectUnauthorized } = server as { requestCert?: boolean; rejectUnauthorized?: boolean };
  if (requestCert !== true || rejectUnauthorized === false) return undefined;
  return (
    'The server of the application demands client certificates (requestCert), but TLS ends at the gateway: ' +
    'demand them there (sslFlags of the access section) and create the server without requestCert, ' +
    'or set hostingModel="outofprocess".'
  );
}
