import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
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
const admitted = Symbol.for('@poolhouse/integration.admitted');

/** What one request gets that an application can see, besides the edited head and the client's address. */
export interface HostedProperties {
  readonly pathBase: string;
  readonly target: string;
  readonly iisUser: IisUser | null;
  /** Undefined when no certificate was sent; else called when the application first asks. */
  readonly readCertificate: (() => X509Certificate | null) | undefined;
}

/**
 * Puts the properties on the request. `originalUrl` and `baseUrl` are connect's convention: Express and its
 * relatives continue from them as if the application were mounted there.
 */
export function markAdmitted(request: IncomingMessage, properties: HostedProperties): void {
  Object.assign(request, {
    [admitted]: true,
    originalUrl: request.url,
    baseUrl: properties.pathBase,
    url: properties.target,
    pathBase: properties.pathBase,
    iisUser: properties.iisUser,
  });
  const { readCertificate } = properties;
  let certificate: X509Certificate | null | undefined = readCertificate === undefined ? null : undefined;
  Object.defineProperty(request, 'clientCertificate', {
    configurable: true,
    enumerable: true,
    get() {
      if (certificate === undefined) certificate = readCertificate?.() ?? null;
      return certificate;
    },
  });
}

/** Whether a request came through `integrate`, and so from the gateway. */
export function isAdmitted(request: IncomingMessage): boolean {
  return admitted in request;
}
