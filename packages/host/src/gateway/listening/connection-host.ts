import type { GatewayLimits, SitePlan } from '@poolhouse/contract';
import type { Exchange, Route } from '../pipeline/exchange.ts';
import type { MessageFailure } from '../pipeline/message-failure.ts';
import type { SiteAnswers } from '../pipeline/site-answers.ts';
import type { RouteInput, RoutingFailure } from '../routing/index.ts';
import type { HttpDate } from '../timing/http-date.ts';
import type { TimerWheel } from '../timing/timer-wheel.ts';
import type { ClientConnection } from './client-connection.ts';

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
  /** Whether the site takes one more connection; counts it until `leaveSite`. */
  enterSite(site: SitePlan): boolean;
  leaveSite(siteId: number): void;
  /** A request ended in the message layer, for this HTTP.sys reason. */
  rejected(failure: MessageFailure): void;
  closed(connection: ClientConnection): void;
}
