import type { GatewayLimits } from '@poolhouse/contract';
import type { RequestLine } from '../error-log/error-log-entry.ts';
import type { Exchange, Route } from '../pipeline/exchange.ts';
import type { MessageFailure } from '../pipeline/message-failure.ts';
import type { SiteAnswers } from '../pipeline/site-answers.ts';
import type { RouteInput, RoutingFailure } from '../routing/index.ts';
import type { HttpDate } from '../timing/http-date.ts';
import type { TimerWheel } from '../timing/timer-wheel.ts';
import type { BodyBudget } from '../http1/body-budget.ts';
import type { ClientConnection } from './client-connection.ts';
import type { ConnectionLimits } from './connection-limits.ts';

/** What connections share: the gateway as they see it. */
export interface ConnectionHost {
  readonly wheel: TimerWheel;
  readonly date: HttpDate;
  /** Limits of the plan that holds now. */
  readonly limits: GatewayLimits;
  /** The gateway finishes: answers close their connections. */
  readonly draining: boolean;
  route(input: RouteInput): Route | RoutingFailure;
  /** Runs the modules of the route's scope; they answer the exchange. */
  run(exchange: Exchange): void;
  readonly answers: SiteAnswers;
  /** What the whole process holds of bodies. */
  readonly bodies: BodyBudget;
  readonly connectionLimits: ConnectionLimits;
  /** A request, or a connection without one, ended in the message layer, for this HTTP.sys reason. */
  rejected(
    connection: ClientConnection,
    failure: MessageFailure,
    request: RequestLine | undefined,
    route: Route | undefined,
  ): void;
  closed(connection: ClientConnection): void;
}
