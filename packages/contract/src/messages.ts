import type { ClientFacts } from './client-facts.ts';
import type { Plan, PoolPlan, RequestFailure, SitePlan } from './plan.ts';
import type { Leases, SharedLimit } from './shared-limits.ts';
import { channelVersion, isText } from './worker-messages.ts';

/**
 * The control channel between supervisor and gateway: JSON over Node.js IPC.
 *
 *   supervisor                              gateway
 *      │ spawn with listening sockets          │
 *      │ ◄───────────────────────────── hello  │
 *      │ snapshot {number} ─────────────────►  │  plan, upstreams, states
 *      │ ◄───────────────────────── listening  │
 *      │ change {base, number} ─────────────►  │  applied between two requests; a gap → resync
 *      │ ◄──────── demand, counters, lease …   │
 *      │ change {add: new, retire: old} ────►  │
 *      │ ◄───────────────── drained | busy     │
 *
 * Places of limits that all gateways share are tokens: each is with the supervisor, with one gateway, or in a
 * message between the two. So their sum never grows, whatever the order in which messages and ends come.
 *
 *      │ ◄────────────────────── lease {limit} │  it has none left
 *      │ recall {limit} ──► another gateway    │
 *      │ ◄── return {limit, places, recalled}  │  at once, what it can spare
 *      │ lease {limit, granted} ────────────►  │  each lease is answered once
 */

/** One address to which requests of one application can be sent: a worker or an application process. */
export interface Upstream {
  /** Unique for the life of the supervisor. */
  readonly id: number;
  readonly pool: string;
  /** `ApplicationPlan.id`. */
  readonly application: string;
  readonly slot: number;
  readonly address: { readonly path: string } | { readonly host: string; readonly port: number };
  readonly kind: 'worker' | 'app';
  readonly protocol: 'http/1.1' | 'h2c';
  readonly token: string;
  /**
   * Whether the process is ASP.NET Core or declares its integration: decides the port in `X-Forwarded-For`.
   */
  readonly forwardPort: boolean;
  /** It may be in a debugger: `requestTimeout` does not act on requests that go there. Said anew when it changes. */
  readonly debugged?: boolean;
}

export interface PoolState {
  readonly name: string;
  readonly state: 'started' | 'stopped';
  /** HTTP.sys reason of the 503 while stopped. */
  readonly reason?: 'AppOffline' | 'Disabled' | 'AppShutdown';
}

export interface ApplicationState {
  readonly id: string;
  /**
   * `starting`: requests wait, however long the start may take. `available`: dispatch or demand.
   * `failed`: answer with `failure` until the state changes. `offline`: answer 503 with `offlinePage`.
   */
  readonly state: 'available' | 'starting' | 'failed' | 'offline';
  readonly failure?: RequestFailure;
  /** Absolute path of `app_offline.htm`. */
  readonly offlinePage?: string;
}

/** Numbered part of the gateway's knowledge; everything absent is unchanged. */
export interface Knowledge {
  readonly sites?: readonly SitePlan[];
  readonly removedSites?: readonly number[];
  readonly pools?: readonly PoolPlan[];
  readonly removedPools?: readonly string[];
  readonly poolStates?: readonly PoolState[];
  readonly applicationStates?: readonly ApplicationState[];
  /**
   * New addresses; in the same step as `retire`, so that a swap has no gap. An id that was retired and is
   * added again (a cancelled idle retire) is dispatched to again.
   */
  readonly add?: readonly Upstream[];
  /** Stop dispatching at once; answer `drained` when nothing is in flight there. */
  readonly retire?: readonly number[];
  /** With `retire`: answer `busy` and keep dispatching when a request is in flight or waiting. */
  readonly onlyIfIdle?: boolean;
  /** The process is gone: fail what it had in hand. */
  readonly remove?: readonly number[];
}

export type ToGateway =
  | {
      readonly version: number;
      readonly type: 'snapshot';
      readonly number: number;
      readonly plan: Plan;
      readonly poolStates: readonly PoolState[];
      readonly applicationStates: readonly ApplicationState[];
      readonly upstreams: readonly Upstream[];
      /** Number of gateways that share the sockets and the limits. */
      readonly gateways: number;
      /** Places that the gateway may use from now on, beyond those it has: at first ⌊limit/N⌋ of each limit. */
      readonly leases: Leases;
    }
  | ({
      readonly version: number;
      readonly type: 'change';
      readonly base: number;
      readonly number: number;
      /** As in a snapshot. They count even when the change itself comes after a gap. */
      readonly leases?: Leases;
    } & Knowledge)
  /**
   * Send one request to one upstream; the answer's body is discarded. The whole address is given, because
   * a warm-up comes before `add` and the shutdown message after `remove`.
   */
  | {
      readonly version: number;
      readonly type: 'order';
      readonly id: number;
      readonly upstream: Upstream;
      readonly method: 'GET' | 'POST';
      readonly target: string;
      readonly headers: readonly (readonly [name: string, value: string])[];
      readonly client: Omit<ClientFacts, 'token'>;
      readonly limitMs: number;
    }
  /** The answer to `lease`: places more. 0 = all are in use; asking again makes sense after a while. */
  | { readonly version: number; readonly type: 'lease'; readonly limit: SharedLimit; readonly granted: number }
  /** Another gateway needs up to `places`: give back what can be spared, and answer `return` in any case. */
  | { readonly version: number; readonly type: 'recall'; readonly limit: SharedLimit; readonly places: number }
  /** Requests that the other gateways together have in flight, by upstream; those not named are unchanged. */
  | {
      readonly version: number;
      readonly type: 'elsewhere';
      readonly upstreams: readonly { readonly id: number; readonly active: number }[];
    }
  /**
   * Stop accepting, finish requests, close client connections as they become idle, exit. With `stay` the
   * process stays for orders until it is told to drain again, without.
   */
  | { readonly version: number; readonly type: 'drain'; readonly limitMs: number; readonly stay?: boolean };

export type FromGateway =
  | { readonly version: number; readonly type: 'hello' }
  | { readonly version: number; readonly type: 'listening' }
  | { readonly version: number; readonly type: 'resync' }
  /**
   * A request waits and no upstream can take it. Sent once until the application's state changes.
   * `busy`: upstreams exist, but the request has waited 50 ms for one (web garden).
   */
  | {
      readonly version: number;
      readonly type: 'demand';
      readonly application: string;
      readonly reason: 'none' | 'busy';
    }
  | {
      readonly version: number;
      readonly type: 'counters';
      readonly upstreams: readonly UpstreamCounters[];
      readonly pools: readonly PoolCounters[];
      readonly connections: number;
    }
  | { readonly version: number; readonly type: 'drained'; readonly upstream: number }
  | { readonly version: number; readonly type: 'busy'; readonly upstream: number }
  /** The process refused or reset every connection: the supervisor should look whether it lives. */
  | { readonly version: number; readonly type: 'unreachable'; readonly upstream: number; readonly code: string }
  /** A place of a shared limit is needed and the gateway has none; one question at a time for each limit. */
  | { readonly version: number; readonly type: 'lease'; readonly limit: SharedLimit }
  /** Places given back: as the answer to `recall`, or because the limit is lower now or the gateway drains. */
  | {
      readonly version: number;
      readonly type: 'return';
      readonly limit: SharedLimit;
      readonly places: number;
      readonly recalled: boolean;
    }
  | {
      readonly version: number;
      readonly type: 'orderDone';
      readonly id: number;
      /** Status of the answer, or 0 with `error` when none came. */
      readonly status: number;
      readonly error?: string;
    }
  /** An event of the catalogue; the supervisor adds time and process. */
  | {
      readonly version: number;
      readonly type: 'event';
      readonly name: string;
      readonly fields: Readonly<Record<string, string | number | boolean>>;
    };

export interface UpstreamCounters {
  readonly id: number;
  readonly active: number;
  /** Completed dispatches since the upstream was added. */
  readonly served: number;
  /** Milliseconds since the last request began or ended; 0 while one is active. */
  readonly idleMs: number;
}

export interface PoolCounters {
  readonly name: string;
  readonly waiting: number;
  /** Requests refused since the last counters, by HTTP.sys reason. */
  readonly refused: Readonly<Record<string, number>>;
}

/** Largest message, in bytes of JSON, that the supervisor accepts from a gateway. */
export const gatewayMessageLimit = 1024 * 1024;

/** Returns the message, or undefined when it has not exactly the shape of one. */
export function parseGatewayMessage(value: unknown): FromGateway | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const message = value as Record<string, unknown>;
  if (message['version'] !== channelVersion) return undefined;
  return isGatewayMessage(message) ? (value as FromGateway) : undefined;
}

function isGatewayMessage(message: Record<string, unknown>): boolean {
  switch (message['type']) {
    case 'hello':
    case 'listening':
    case 'resync':
      return true;
    case 'demand':
      return isText(message['application'], 1_000) && (message['reason'] === 'none' || message['reason'] === 'busy');
    case 'counters':
      return (
        isCount(message['connections']) &&
        isListOf(
          message['upstreams'],
          (item) =>
            isCount(item['id']) && isCount(item['active']) && isCount(item['served']) && isCount(item['idleMs']),
        ) &&
        isListOf(
          message['pools'],
          (item) => isText(item['name'], 1_000) && isCount(item['waiting']) && isRecord(item['refused'], isCount),
        )
      );
    case 'drained':
    case 'busy':
      return isCount(message['upstream']);
    case 'unreachable':
      return isCount(message['upstream']) && isText(message['code'], 100);
    case 'lease':
      return isText(message['limit'], 1_100);
    case 'return':
      return isText(message['limit'], 1_100) && isCount(message['places']) && typeof message['recalled'] === 'boolean';
    case 'orderDone':
      return (
        isCount(message['id']) &&
        isCount(message['status']) &&
        (message['error'] === undefined || isText(message['error'], 1_000))
      );
    case 'event':
      return isText(message['name'], 100) && isRecord(message['fields'], isEventField);
    default:
      return false;
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isListOf(value: unknown, check: (item: Record<string, unknown>) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null && check(item));
}

function isRecord(value: unknown, check: (field: unknown) => boolean): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(check);
}

function isEventField(value: unknown): boolean {
  return isText(value, 2_000) || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
