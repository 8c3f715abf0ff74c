import type { PoolPlan, PoolState } from '@poolhouse/contract';
import type { LeasedLimit } from '../control/leased-limit.ts';
import type { RefusalReason } from './refusal.ts';
import type { WaitingRequest } from './waiting-request.ts';

/** What bounds the requests of one pool in this gateway, and what it counts. */
export class PoolAdmission {
  plan: PoolPlan;
  state: PoolState;
  /** Places of the queue: `queueLength` over all gateways. */
  readonly queue: LeasedLimit;
  /** Requests in flight: `concurrentRequestLimit` over all gateways. */
  readonly requests: LeasedLimit;
  /** Requests whose place in the queue the supervisor has not answered for yet, in the order they came. */
  readonly unplaced = new Set<WaitingRequest>();
  /** Waiting requests try again to become requests in flight, because other gateways had all places. */
  retrying = false;
  /** Requests refused since the last counters, by reason. */
  private refused: Record<string, number> = {};

  constructor(plan: PoolPlan, queue: LeasedLimit, requests: LeasedLimit) {
    this.plan = plan;
    this.state = { name: plan.name, state: 'started' };
    this.queue = queue;
    this.requests = requests;
  }

  /** Why the pool takes no request at all; undefined when it does. */
  get stoppedFor(): RefusalReason | undefined {
    return this.state.state === 'stopped' ? (this.state.reason ?? 'Disabled') : undefined;
  }

  countRefusal(reason: string): void {
    this.refused[reason] = (this.refused[reason] ?? 0) + 1;
  }

  takeRefused(): Record<string, number> {
    const { refused } = this;
    this.refused = {};
    return refused;
  }
}
