export * from './trusted-proxy.ts';

/**
 * The plan: what a gateway needs to know of the configuration, and no more. Plain JSON, frozen on
 * arrival, made of one fragment per site so that an edit sends only the fragment it touched.
 */
export interface Plan {
  readonly sites: readonly SitePlan[];
  readonly pools: readonly PoolPlan[];
  readonly limits: GatewayLimits;
}

/** Limits of the message layer (HTTP.sys registry values and `system.applicationHost/webLimits`). */
export interface GatewayLimits {
  /** Request line and fields together, bytes. Default 16,384. */
  readonly maxRequestBytes: number;
  /** One field, bytes. Default 16,384. */
  readonly maxFieldBytes: number;
  /** Number of fields. Default 100. */
  readonly maxFields: number;
  /** Segments of a path. Default 255. */
  readonly urlSegmentMaxCount: number;
  /** Characters of one segment. Default 260. */
  readonly urlSegmentMaxLength: number;
  /** Time to receive a whole head, milliseconds. Default 15,000. */
  readonly headerWaitMs: number;
  /** Smallest average rate of a body or a response, bytes per second; 0 = off. Default 240. */
  readonly minBytesPerSecond: number;
  /**
   * Peers whose `X-Forwarded-*` and `Forwarded` are kept and appended to, each as `parseTrustedProxy` reads it:
   * addresses, CIDR ranges, or `unix`. Default none; loopback is not trusted by itself.
   */
  readonly trustedProxies?: readonly string[];
  /** Absent = what is refused before a site is entered is logged nowhere. */
  readonly errorLog?: ErrorLogPlan;
}

/** The error log of the message layer (HTTP.sys: httperr). */
export interface ErrorLogPlan {
  /** Absolute; the supervisor makes it, gateways write in it. */
  readonly folder: string;
  /** A file of at least this size is followed by the next one. Default 1,048,576, and never less. */
  readonly truncateBytes: number;
  /** As HTTP.sys writes, or one JSON object a line. Default `Text`. */
  readonly format: 'Text' | 'Json';
}

export interface SitePlan {
  readonly id: number;
  readonly name: string;
  readonly bindings: readonly BindingPlan[];
  /** Idle keep-alive, time between body bytes, and waiting in a pool's queue, milliseconds. */
  readonly connectionTimeoutMs: number;
  /** Concurrent client connections; 4,294,967,295 = no limit. */
  readonly maxConnections: number;
  readonly applications: readonly ApplicationPlan[];
  /** Settings that scopes refer to by index: equal settings are stored once. */
  readonly settings: readonly unknown[];
}

export interface BindingPlan {
  readonly protocol: 'http' | 'https';
  /** `*` for any address, else a numeric IPv4 or IPv6 address. */
  readonly address: string;
  readonly port: number;
  /** Lower case; empty = any host; `*.example.com` = any name below. */
  readonly host: string;
}

export interface ApplicationPlan {
  /** Site name and path, unique in the plan: `shop/` or `shop/api`. */
  readonly id: string;
  /** Without a trailing slash, except `/` itself; matched ignoring case at segment boundaries. */
  readonly path: string;
  readonly pool: string;
  readonly virtualDirectories: readonly VirtualDirectoryPlan[];
  /**
   * Configuration scopes of the application, deepest path first; the last one is the application's own.
   * A request belongs to the first whose path is a segment-wise prefix (ignoring case) of its path.
   */
  readonly scopes: readonly ScopePlan[];
}

export interface VirtualDirectoryPlan {
  /** Relative to the application: `/` or `/images`. */
  readonly path: string;
  /** Absolute Linux path. */
  readonly physicalPath: string;
}

export interface ScopePlan {
  /** Full path in the site: `/`, `/api`, `/api/admin`. */
  readonly path: string;
  /** Modules of the scope in pipeline order. A module that is not configured is not here and costs nothing. */
  readonly modules: readonly ModulePlan[];
  /** Set when the scope's configuration is broken: every request to it is answered with this. */
  readonly broken?: RequestFailure;
}

export interface ModulePlan {
  /** Folder name under `modules/`: `asp-net-core`, `static-file`. */
  readonly id: string;
  /** Index into the site's `settings`. */
  readonly settings: number;
}

export interface PoolPlan {
  readonly name: string;
  /** Requests that may wait, over all gateways. */
  readonly queueLength: number;
  /** Requests in flight per application process set, over the pool. Default 5,000. */
  readonly concurrentRequestLimit: number;
  /** A slot that has served this many requests is reported at once; 0 = off. */
  readonly requestsThreshold: number;
  /** How a request that cannot be accepted is refused: a 503, or a reset connection. */
  readonly refuseWith: 'HttpLevel' | 'TcpLevel';
  /**
   * The pool may have more processes than it has (web garden): report a request that all its upstreams were too
   * busy for. Default false.
   */
  readonly demandWhenBusy?: boolean;
}

/** An answer that stands instead of the application: configuration errors, failed starts. */
export interface RequestFailure {
  readonly status: number;
  readonly subStatus: number;
  /** Shown to everyone; without paths, names or values of the configuration. */
  readonly title: string;
  /** Shown only where detailed errors are on. */
  readonly detail?: string;
  /** False = bare status, no page from the module (`disableStartUpErrorPage`). */
  readonly page: boolean;
}
