import type { Emit } from '../../logging/index.ts';
import type { Exchange } from './exchange.ts';

/**
 * What a module is to the gateway. Its life:
 *
 *   1. `create(settings)` once per distinct settings of a plan; settings are frozen
 *   2. `handle(exchange)` per request, in the order of the scope's module list
 *   3. dropped with the plan; a module holds no resource that needs closing
 *
 * `handle` returns `done` when it has answered (or has taken over answering), `next` to pass on. It may
 * answer asynchronously: then it returns a promise. A module that throws makes the request a 500.
 */
export interface GatewayModule<Settings = unknown> {
  /** Folder name under `modules/`. */
  readonly id: string;
  create(settings: Settings, services: ModuleServices): ModuleInstance;
}

export interface ModuleInstance {
  handle(exchange: Exchange): Outcome | Promise<Outcome>;
}

export type Outcome = 'next' | 'done';

/** What a module may use of the gateway. */
export interface ModuleServices {
  /** Queues the request for a worker of its application and forwards it; the answer comes from there. */
  forward(exchange: Exchange, options: ForwardOptions): void;
  /** Monotonic milliseconds, for intervals; passed in so that tests own the time. */
  now(): number;
  /** Milliseconds since 1970, for dates. */
  epoch(): number;
  readonly emit: Emit;
  /**
   * One object per gateway and key, made at the first call: what modules keep across plans and sites, such as
   * a cache with one bound for the whole process.
   */
  shared<Value>(key: symbol, create: () => Value): Value;
}

export interface ForwardOptions {
  /** Inactivity limit of the application, milliseconds; 0 = none (in-process). */
  readonly requestTimeoutMs: number;
  readonly forwardResponseConnectionHeader: boolean;
  /** Whether the start error page of the module is wanted. */
  readonly errorPage: boolean;
  /** Whether that page may show the `detail` of a failure to the client. Default false. */
  readonly detailedErrors?: boolean;
  /** Leave out the application's own `Server` field (`requestFiltering/@removeServerHeader`). Default false. */
  readonly removeServerHeader?: boolean;
}
