/**
 * The control channel between supervisor and in-process worker: JSON over Node.js IPC.
 *
 *   supervisor                         worker
 *      │ spawn, socket, POOLHOUSE_WORKER │
 *      │ pair {token} ────────────────►  │
 *      │ ◄──────────────────────── hello │  the process lives: ends the pool's startupTimeLimit
 *      │ ◄──────────────────────── ready │  the app's server listens: ends the module's startupTimeLimit
 *      │ ping ◄──────────────────► pong  │
 *      │ drain ───────────────────────►  │  no new requests will come; finish and exit
 *
 * Messages that the supervisor receives are checked by `parseWorkerMessage`; anything else than these
 * shapes kills the sender, because a pool's user may not drive the supervisor.
 */
export const channelVersion = 1;

/** Largest message, in bytes of JSON, that the supervisor accepts from a worker. */
export const workerMessageLimit = 64 * 1024;

export type ToWorker =
  | { readonly version: number; readonly type: 'pair'; readonly token: string }
  | { readonly version: number; readonly type: 'ping'; readonly sequence: number }
  | {
      readonly version: number;
      readonly type: 'drain';
      /** For all of it. */
      readonly limitMs: number;
      /** For the answers under way, when they have had their time already; default all but the last tenth. */
      readonly answersMs?: number;
    };

export type FromWorker =
  | { readonly version: number; readonly type: 'hello'; readonly node: string }
  /** `port` and `host` are what the app asked for; `protocol` what the gateway must speak. */
  | { readonly version: number; readonly type: 'ready'; readonly port: number; readonly protocol: 'http/1.1' | 'h2c' }
  | {
      readonly version: number;
      readonly type: 'pong';
      readonly sequence: number;
      /** Longest delay of the event loop since the last pong, milliseconds. */
      readonly eventLoopDelayMs: number;
      readonly activeRequests: number;
    }
  /** The worker serves no request any more and is about to end. */
  | { readonly version: number; readonly type: 'drained' }
  /** The app did something a worker cannot host; the text tells the operator what to change. */
  | { readonly version: number; readonly type: 'unsupported'; readonly reason: string };

/** Returns the message, or undefined when it has not exactly the shape of one. */
export function parseWorkerMessage(value: unknown): FromWorker | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const message = value as Record<string, unknown>;
  if (message['version'] !== channelVersion) return undefined;
  switch (message['type']) {
    case 'hello':
      return isText(message['node'], 64) ? (value as FromWorker) : undefined;
    case 'ready':
      return isCount(message['port']) && (message['protocol'] === 'http/1.1' || message['protocol'] === 'h2c')
        ? (value as FromWorker)
        : undefined;
    case 'pong':
      return isCount(message['sequence']) && isCount(message['eventLoopDelayMs']) && isCount(message['activeRequests'])
        ? (value as FromWorker)
        : undefined;
    case 'drained':
      return value as FromWorker;
    case 'unsupported':
      return isText(message['reason'], 2_000) ? (value as FromWorker) : undefined;
    default:
      return undefined;
  }
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

export function isText(value: unknown, limit: number): value is string {
  return typeof value === 'string' && value.length <= limit;
}
