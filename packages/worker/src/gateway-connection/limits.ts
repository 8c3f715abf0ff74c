import http from 'node:http';
import type { InternalServer } from '../node-internals.ts';

/**
 * What the gateway may add to a head that was within its own limits: the private field, X-Forwarded-*, and a
 * client certificate in base64. In bytes.
 */
const gatewayFieldsBytes = 16 * 1024;

/**
 * Keeps a server from closing connections that the gateway holds open: a request that arrives at that moment
 * would be lost. Slow and idle clients are the gateway's to judge. What the application sets is ignored, and 0
 * ("no limit") is what it reads.
 */
export function pinTimeLimits(server: InternalServer): void {
  for (const name of ['keepAliveTimeout', 'headersTimeout', 'requestTimeout']) {
    Object.defineProperty(server, name, { get: () => 0, set: () => {}, enumerable: true, configurable: true });
  }
}

/** The gateway's connections are not clients: it decides how many there are, and one refused loses a request. */
export function ignoreConnectionLimit(server: InternalServer): void {
  Object.defineProperty(server, 'maxConnections', {
    get: () => undefined,
    set: () => {},
    enumerable: true,
    configurable: true,
  });
}

/** Makes room for what the gateway adds, so that the limit for what the client sent stays the application's. */
export function widenHeadLimit(server: InternalServer): void {
  const limited = server as InternalServer & { maxHeaderSize?: number };
  limited.maxHeaderSize = (limited.maxHeaderSize ?? http.maxHeaderSize) + gatewayFieldsBytes;
}
