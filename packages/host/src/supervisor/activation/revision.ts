import type { PoolPlan, SitePlan, GatewayLimits } from '@poolhouse/contract';

/**
 * One immutable, validated state of the whole configuration: what the supervisor acts on, and the plan
 * that the gateways get. Built by `activation`; a later revision replaces it whole.
 */
export interface Revision {
  readonly number: number;
  readonly pools: readonly ApplicationPoolSettings[];
  readonly sites: readonly SiteSettings[];
  readonly plan: {
    readonly sites: readonly SitePlan[];
    readonly pools: readonly PoolPlan[];
    readonly limits: GatewayLimits;
  };
  /** What people should know though it stops nothing: warnings and levels that are broken. */
  readonly diagnostics: readonly ConfigurationDiagnostic[];
  /** Every file that was read or looked for. Set by `loadRevision`. */
  readonly files?: readonly ConfigurationFileStamp[];
  /** Ids of applications that run with what an earlier revision had, because their files are broken now. */
  readonly degraded?: readonly string[];
}

/** A file that the revision is made of, or the place of one that does not exist. */
export interface ConfigurationFileStamp {
  readonly path: string;
  /**
   * What it is for: the server's file, a `web.config`, a file that one of them includes, or the
   * `app_offline.htm` of an application.
   */
  readonly role: 'server' | 'content' | 'include' | 'offline';
  /** Configuration path it was read for: `shop/api`; empty for the server's. */
  readonly level: string;
  /** Changes whenever the file is written, replaced or touched; undefined while there is none. */
  readonly stamp: string | undefined;
  /**
   * A web.config counts in every folder below this one's too, and so in those that come. The folder is `mapped` to a
   * path itself, or lies `below` one that is.
   */
  readonly searched?: 'mapped' | 'below';
}

export interface ConfigurationDiagnostic {
  readonly severity: 'warning' | 'error';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What, why and what to do, in one or two sentences. */
  readonly message: string;
  /** Stable name of what is wrong: `locked`, `outOfRange`, `duplicate`. */
  readonly code?: string;
  /** The number that IIS shows for it. */
  readonly hresult?: string;
  /** Configuration path it was found at: `shop/api`. */
  readonly level?: string;
  /** `system.webServer/handlers` */
  readonly section?: string;
}

export interface SiteSettings {
  readonly id: number;
  readonly name: string;
  readonly bindings: readonly BindingSettings[];
  readonly serverAutoStart: boolean;
  readonly applications: readonly ApplicationSettings[];
}

export interface BindingSettings {
  readonly protocol: 'http' | 'https';
  /** `*` or a numeric address. */
  readonly address: string;
  readonly port: number;
  readonly host: string;
  readonly origin: Origin;
}

/** Where a value was written. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ApplicationSettings {
  /** `shop/` or `shop/api`; the same as in the plan. */
  readonly id: string;
  readonly site: string;
  readonly siteId: number;
  readonly path: string;
  readonly pool: string;
  readonly physicalPath: string;
  readonly preloadEnabled: boolean;
  /** The program that answers, or undefined for a site of files. */
  readonly hosting?: HostingSettings;
  /** Port of each https binding of the site, for ASPNETCORE_ANCM_HTTPS_PORT. */
  readonly httpsPorts: readonly number[];
  /** Enabled authentication schemes in the module's order: windows, basic, anonymous. */
  readonly authenticationSchemes: readonly ('windows' | 'basic' | 'anonymous')[];
  readonly webSocketsEnabled: boolean;
  /** Absolute path of `app_offline.htm` while the application's folder holds one. */
  readonly offlinePage?: string;
}

/** Effective `system.webServer/aspNetCore` (or its other spellings) of an application. Limits in seconds as in the file. */
export interface HostingSettings {
  readonly processPath: string;
  readonly arguments: string;
  readonly hostingModel: 'inprocess' | 'outofprocess';
  readonly startupTimeLimitSeconds: number;
  readonly shutdownTimeLimitSeconds: number;
  readonly rapidFailsPerMinute: number;
  readonly requestTimeoutSeconds: number;
  readonly processesPerApplication: number;
  readonly stdoutLogEnabled: boolean;
  readonly stdoutLogFile: string;
  readonly disableStartUpErrorPage: boolean;
  /** In document order, unexpanded; a later name (ignoring case) wins. */
  readonly environmentVariables: readonly (readonly [name: string, value: string])[];
  /** Names in lower case; the first of a name wins. */
  readonly handlerSettings: Readonly<Record<string, string>>;
  readonly origin: Origin;
}

/** Effective `<add>` of `system.applicationHost/applicationPools`. Times in milliseconds, 0 = off. */
export interface ApplicationPoolSettings {
  readonly name: string;
  readonly autoStart: boolean;
  readonly startMode: 'OnDemand' | 'AlwaysRunning';
  readonly queueLength: number;
  readonly processModel: {
    readonly identityType:
      | 'LocalSystem'
      | 'LocalService'
      | 'NetworkService'
      | 'SpecificUser'
      | 'ApplicationPoolIdentity';
    readonly userName: string;
    readonly loadUserProfile: boolean;
    readonly setProfileEnvironment: boolean;
    readonly manualGroupMembership: boolean;
    readonly idleTimeoutMs: number;
    readonly idleTimeoutAction: 'Terminate' | 'Suspend';
    readonly maxProcesses: number;
    readonly shutdownTimeLimitMs: number;
    readonly startupTimeLimitMs: number;
    readonly pingingEnabled: boolean;
    readonly pingIntervalMs: number;
    readonly pingResponseTimeMs: number;
  };
  readonly recycling: {
    readonly disallowOverlappingRotation: boolean;
    readonly disallowRotationOnConfigChange: boolean;
    readonly logEventOnRecycle: readonly RecycleFlag[];
    readonly periodicRestart: {
      readonly memoryKiB: number;
      readonly privateMemoryKiB: number;
      readonly requests: number;
      readonly timeMs: number;
      /** Minutes after local midnight. */
      readonly scheduleMinutes: readonly number[];
    };
  };
  readonly failure: {
    readonly loadBalancerCapabilities: 'HttpLevel' | 'TcpLevel';
    readonly orphanWorkerProcess: boolean;
    readonly rapidFailProtection: boolean;
    readonly rapidFailProtectionIntervalMs: number;
    readonly rapidFailProtectionMaxCrashes: number;
  };
  readonly environmentVariables: readonly (readonly [name: string, value: string])[];
  readonly keyRing: KeyRingSettings;
  readonly origin: Origin;
}

/** Effective entry of `system.applicationHost/dataProtection`: where a pool's data protection keys live. */
export type KeyRingSettings = {
  /** For the Node.js applications of the pool; empty: each its own folder, as ASP.NET Core does. */
  readonly applicationName: string;
  readonly profileCompat: 'Helpful' | 'Strict';
} & ({ readonly store: 'Profile' | 'Memory' } | { readonly store: SharedStore; readonly shared: SharedRingSettings });

/** Stores that several machines can share. */
export type SharedStore = 'Folder' | 'Redis' | 'PostgreSql';

/** A ring that Poolhouse keeps for its applications, most often with other machines. */
export interface SharedRingSettings {
  /** Absolute path of the folder; empty for the other stores. */
  readonly path: string;
  /** URL of the store, empty when a file holds it. A secret: for the key keeper alone. */
  readonly connection: string;
  readonly connectionFile: string;
  /** Redis list or table; empty: ASP.NET Core's. */
  readonly name: string;
  /** Of new keys; undefined: as the machine's policy has it, else 90 days. */
  readonly keyLifetimeMs?: number;
  /** Whether this machine makes keys when the ring needs one. */
  readonly autoGenerate: boolean;
  /** Without one, keys lie in the store in clear. */
  readonly certificate?: CertificateSettings;
  readonly olderCertificates: readonly CertificateSettings[];
}

/** Files of a certificate, absolute paths. */
export interface CertificateSettings {
  /** PEM or PFX. */
  readonly path: string;
  /** PEM file with the private key, when it is not in the first one. */
  readonly keyPath?: string;
  /** A file whose first line is the passphrase. */
  readonly passphraseFile?: string;
}

export type RecycleFlag =
  | 'Time'
  | 'Requests'
  | 'Schedule'
  | 'Memory'
  | 'IsapiUnhealthy'
  | 'OnDemand'
  | 'ConfigChange'
  | 'PrivateMemory';
