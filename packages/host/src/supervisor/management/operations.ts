import type { EventLog } from '../../logging/index.ts';
import type { ConfigurationDiagnostic } from '../activation/revision.ts';
import type { KeyRingSnapshot } from '../key-rings/index.ts';

/**
 * What the management API asks of the supervisor, and all that it may ask. The supervisor implements it;
 * the API, and through it the command line and the web manager, know nothing else.
 *
 * An operation that cannot be done rejects with `OperationRefused`; anything else that rejects is a fault of
 * the supervisor and reaches the caller as an error without detail.
 */
export interface SupervisorOperations {
  /** What is there now. Cheap: reads memory only. */
  status(): StatusSnapshot;
  /**
   * Replaces the pool's processes. With `wait`, resolves when the new generation serves and the old one has
   * left; without, when the recycle has begun. A pool that is not started refuses (`pool-stopped`).
   */
  recyclePool(name: string, options: { readonly wait: boolean }): Promise<PoolSnapshot>;
  /** Opens the pool's queue and clears its failure count. Resolves when the pool is started; a repeat changes nothing. */
  startPool(name: string): Promise<PoolSnapshot>;
  /** Refuses new requests, drains, ends the processes. Resolves when the last one is gone; a repeat changes nothing. */
  stopPool(name: string): Promise<PoolSnapshot>;
  /** Reads the key rings that machines share again; resolves when all have been tried, with what became of them. */
  refreshKeyRings(): Promise<readonly PoolKeyRingSnapshot[]>;
  /** Begins an orderly end of everything. Resolves when it has begun; the process ends by itself. */
  stop(reason: string): Promise<void>;
  /** Files with what the pool's processes wrote to stdout and stderr; undefined when there is no such pool. */
  outputFiles(pool: string): readonly OutputFile[] | undefined;
  readonly events: EventLog;
}

/** Why an operation was not done, in the words of `problems.ts`. */
export class OperationRefused extends Error {
  override readonly name = 'OperationRefused';
  readonly problem: 'not-found' | 'pool-stopped' | 'not-healthy-in-time' | 'daemon-stopping';

  /** `message` says what, why and what to do; it is shown to the caller. */
  constructor(problem: OperationRefused['problem'], message: string) {
    super(message);
    this.problem = problem;
  }
}

/** IIS's names, in lower case. */
export type ObjectState = 'starting' | 'started' | 'stopping' | 'stopped' | 'unknown';

/**
 * What IIS's states do not tell: `healthy` = it answers, `idle` = nothing runs and a request would start it,
 * `recycling` = being replaced while it serves, `degraded` = serves with something wrong, `failed` = does not serve.
 */
export type Health = 'healthy' | 'idle' | 'recycling' | 'degraded' | 'failed' | 'unknown';

export interface StatusSnapshot {
  readonly version: string;
  /** Version of the Node.js that runs the supervisor, without the `v`. */
  readonly node: string;
  readonly pid: number;
  /** RFC 3339, UTC; so are all times of this page. */
  readonly startedAt: string;
  readonly state: ObjectState;
  readonly health: Health;
  /** Why the health is not `healthy`: one sentence. */
  readonly reason?: string;
  /** Number of the applied revision; 0 before the first. */
  readonly revision: number;
  /** Absolute path of the server-level file, or of the folder that `run` serves. */
  readonly configuration: string;
  readonly sites: readonly SiteSnapshot[];
  readonly pools: readonly PoolSnapshot[];
  readonly gateways: readonly GatewaySnapshot[];
  readonly listeners: readonly ListenerSnapshot[];
  readonly diagnostics: readonly ConfigurationDiagnostic[];
}

export interface SiteSnapshot {
  readonly name: string;
  readonly id: number;
  readonly state: ObjectState;
  readonly health: Health;
  readonly reason?: string;
  /** As in the file: `http/*:80:shop.example`. */
  readonly bindings: readonly string[];
  /** What a browser on this machine can open. */
  readonly urls: readonly string[];
  readonly applications: readonly ApplicationSnapshot[];
}

export interface ApplicationSnapshot {
  /** `shop/` or `shop/api`. */
  readonly id: string;
  readonly path: string;
  readonly pool: string;
  readonly physicalPath: string;
  /** Absent for a site of files. */
  readonly hostingModel?: 'inprocess' | 'outofprocess';
}

export interface PoolSnapshot {
  readonly name: string;
  readonly state: ObjectState;
  readonly health: Health;
  readonly reason?: string;
  readonly startMode: 'OnDemand' | 'AlwaysRunning';
  /** Raised by each recycle. */
  readonly generation: number;
  /** `maxProcesses`. */
  readonly slots: number;
  readonly workers: readonly WorkerSnapshot[];
  readonly queue: { readonly waiting: number; readonly limit: number };
  readonly lastExit?: ExitSnapshot;
  /** Unexpected ends of processes since the supervisor started. */
  readonly restarts: number;
  /** Where the pool's data protection keys live; absent when it has no identity. */
  readonly keyRing?: KeyRingSnapshot;
}

export interface PoolKeyRingSnapshot extends KeyRingSnapshot {
  readonly pool: string;
}

export interface WorkerSnapshot {
  readonly pid: number;
  readonly slot: number;
  readonly generation: number;
  /** Application that the process belongs to, where it is one process per application. */
  readonly application?: string;
  /** `worker`: the app lives in it. `app`: a program with a server of its own. */
  readonly kind: 'worker' | 'app';
  readonly state: 'starting' | 'running' | 'stopping' | 'unknown';
  /** `warming`, `suspended`, `draining`, `unhealthy`: what IIS's state does not tell. */
  readonly health: Health | 'warming' | 'suspended' | 'draining' | 'unhealthy';
  readonly user?: string;
  readonly startedAt: string;
  /** Requests in flight. */
  readonly active: number;
  /** Requests completed. */
  readonly served: number;
  /** Resident memory of the process; null when unknown. */
  readonly memoryBytes: number | null;
}

export interface ExitSnapshot {
  readonly at: string;
  readonly pid: number;
  readonly code: number | null;
  readonly signal: string | null;
  /** Why, in a few words: `crash`, `recycle: memory`, `idle`. */
  readonly reason: string;
}

export interface GatewaySnapshot {
  readonly pid: number;
  readonly state: 'starting' | 'running' | 'stopping';
  readonly connections: number;
}

export interface ListenerSnapshot {
  /** `*` or a numeric address. */
  readonly address: string;
  readonly port: number;
  readonly protocol: 'http' | 'https';
}

/** One append-only file; rotated copies beside it end in `.1` (newest), `.2`, …. */
export interface OutputFile {
  readonly slot: number;
  readonly application?: string;
  /** Absolute path, in a folder that only the supervisor can write to. */
  readonly path: string;
  /** What no reader may see of it: ASP.NET Core writes the pairing token when somebody calls its port without it. */
  readonly secrets?: readonly string[];
}
