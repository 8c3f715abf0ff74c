import type { Plan } from '@poolhouse/contract';
import type { Route } from '../pipeline/exchange.ts';

/** Finds the binding, site, application and configuration scope of requests. Immutable: a new plan means a new router. */
export interface Router {
  /** Costs the same with one site as with ten thousand. Never throws. */
  route(input: RouteInput): Route | RoutingFailure;
}

export interface RouteInput {
  /** Numeric address that the client connected to, IPv4-mapped IPv6 unmapped. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly secure: boolean;
  /** Validated, lower case, without port and trailing dot; empty when the request has none. IPv6 keeps its brackets. */
  readonly host: string;
  /** The request target in origin form, latin1, as sent. */
  readonly target: string;
}

/** A request that reaches no site: answered by the message layer, logged with the HTTP.sys reason. */
export interface RoutingFailure {
  /** HTTP.sys reason: `Hostname`, `URL`, `Forbidden`, `NotFound`. */
  readonly failure: string;
  readonly status: number;
  /** `Bad Request - Invalid URL` */
  readonly heading: string;
}

export function createRouter(_plan: Plan): Router {
  throw new Error('createRouter is being written');
}
