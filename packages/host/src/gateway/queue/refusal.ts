import type { PoolPlan } from '@poolhouse/contract';
import type { ForwardableExchange } from '../pipeline/forwardable.ts';
import type { MessageFailure } from '../pipeline/message-failure.ts';

/** Why a pool does not take a request, in the words of HTTP.sys. */
export type RefusalReason = 'AppOffline' | 'Disabled' | 'AppShutdown' | 'QueueFull' | 'AppPoolTimer' | 'N/A';

/**
 * Refuses a request outside its site: a bare 503 that closes the connection, no custom error page, no line in the
 * site's log; or, for load balancers that judge by TCP (`loadBalancerCapabilities="TcpLevel"`), a reset.
 */
export function refuse(
  exchange: ForwardableExchange,
  reason: RefusalReason,
  refuseWith: PoolPlan['refuseWith'] = 'HttpLevel',
): void {
  exchange.refuse(refuseWith === 'TcpLevel' ? { ...refusals[reason], status: 0 } : refusals[reason]);
}

const refusals: Readonly<Record<RefusalReason, MessageFailure>> = {
  AppOffline: unavailable('AppOffline'),
  Disabled: unavailable('Disabled'),
  AppShutdown: unavailable('AppShutdown'),
  QueueFull: unavailable('QueueFull'),
  AppPoolTimer: unavailable('AppPoolTimer'),
  'N/A': unavailable('N/A'),
};

function unavailable(failure: RefusalReason): MessageFailure {
  return { failure, status: 503, heading: 'Service Unavailable' };
}
