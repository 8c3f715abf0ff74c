/**
 * Names of environment variables that the host sets for application processes, as the ASP.NET Core
 * Module does, and for workers.
 */

export const portVariable = 'ASPNETCORE_PORT';
export const tokenVariable = 'ASPNETCORE_TOKEN';
export const applicationPathVariable = 'ASPNETCORE_APPL_PATH';
export const physicalPathVariable = 'ASPNETCORE_IIS_PHYSICAL_PATH';
export const httpsPortVariable = 'ASPNETCORE_ANCM_HTTPS_PORT';
export const authenticationSchemesVariable = 'ASPNETCORE_IIS_HTTPAUTH';
export const webSocketsVariable = 'ASPNETCORE_IIS_WEBSOCKETS_SUPPORTED';
export const hostingStartupVariable = 'ASPNETCORE_HOSTINGSTARTUPASSEMBLIES';
export const integrationAssembly = 'Microsoft.AspNetCore.Server.IISIntegration';

/** Port for programs that know nothing of ASP.NET Core; the same number as `ASPNETCORE_PORT`. */
export const plainPortVariable = 'PORT';
/** Spelling of the older HttpPlatformHandler, expanded in arguments and values. */
export const httpPlatformPortVariable = 'HTTP_PLATFORM_PORT';

/**
 * Settings of an in-process worker, as JSON of `WorkerSettings`. The worker reads and deletes it before
 * any code of the application runs.
 */
export const workerSettingsVariable = 'POOLHOUSE_WORKER';

/** What the supervisor tells a worker at its start. Nothing here is secret; the token comes over the channel. */
export interface WorkerSettings {
  /** Version of the control channel, see `messages.ts`. */
  readonly version: number;
  /** Inherited descriptor of the bound, not yet listening unix socket that the gateway connects to. */
  readonly socket: number;
  /** Number in `PORT`. A server of the application that listens on it is *the* application. */
  readonly port: number;
  /** Virtual path of the application: `/` or `/api`. */
  readonly applicationPath: string;
  /**
   * Absolute path of a module whose export (`(request, response)`, a server, or `{ fetch }`) is the
   * application, when the configuration names one instead of an entry that listens.
   */
  readonly exportedHandler?: string;
}

/** Settings of a gateway process, as JSON of `GatewaySettings`; read and deleted at its start. */
export const gatewaySettingsVariable = 'POOLHOUSE_GATEWAY';

/** What the supervisor tells a gateway at its start; everything else comes over the control channel. */
export interface GatewaySettings {
  /** Version of the control channel, see `messages.ts`. */
  readonly version: number;
  /** Inherited, bound and never yet accepting sockets. */
  readonly sockets: readonly {
    readonly fd: number;
    /** `*` or a numeric address. */
    readonly address: string;
    readonly port: number;
    readonly protocol: 'http' | 'https';
  }[];
}
