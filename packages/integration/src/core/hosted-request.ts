import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { LazyCertificate } from './client-certificate.ts';
import type { IisUser } from './iis-user.ts';

declare module 'node:http' {
  interface IncomingMessage {
    /**
     * The application's path as the client wrote it, such as `/Api`; empty for the root of a site. Undefined
     * when the process is not hosted. `url` begins after it; `originalUrl` has both.
     */
    pathBase?: string;
    /** The client's TLS certificate, or null. Undefined when the process is not hosted. */
    readonly clientCertificate?: X509Certificate | null;
    /**
     * The user that the gateway authenticated, or null. Sent when the handler setting `forwardIdentity` is
     * true. Undefined when the process is not hosted.
     */
    iisUser?: IisUser | null;
  }
}

/** Registered, so that two copies of this package in one application agree. */
const admitted: unique symbol = Symbol.for('@poolhouse/integration.admitted');

/** What the application sees of one request, besides the edited head and the client's address. */
export interface HostedProperties {
  readonly pathBase: string;
  readonly target: string;
  readonly iisUser: IisUser | null;
  readonly certificate: LazyCertificate | undefined;
}

/**
 * Puts the properties on the request. `originalUrl` and `baseUrl` are connect's convention: Express and its
 * relatives continue from them as if the application were mounted there.
 */
export function markAdmitted(request: IncomingMessage, properties: HostedProperties): void {
  const { certificate } = properties;
  const hosted = request as HostedRequest;
  hosted[admitted] = true;
  hosted.originalUrl = request.url;
  hosted.baseUrl = properties.pathBase;
  hosted.url = properties.target;
  hosted.pathBase = properties.pathBase;
  hosted.iisUser = properties.iisUser;
  if (certificate === undefined) hosted.clientCertificate = null;
  else Object.defineProperty(request, 'clientCertificate', { configurable: true, enumerable: true, get: certificate });
}

type HostedRequest = { -readonly [Key in keyof IncomingMessage]: IncomingMessage[Key] } & {
  [admitted]?: boolean;
  originalUrl?: string | undefined;
  baseUrl?: string;
};

/** Whether a request came through `integrate`, and so from the gateway. */
export function isAdmitted(request: IncomingMessage): boolean {
  return admitted in request;
}
