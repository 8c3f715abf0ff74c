import type { PoolPlan, PoolState } from '@poolhouse/contract';
import { QueueShare } from './queue-share.ts';
import type { RefusalReason } from './refusal.ts';

/** What bounds the requests of one pool in this gateway, and what it counts. */
export class PoolAdmission {
  plan: PoolPlan;
  state: PoolState;
  waiting = 0;
  inFlight = 0;
  /** Requests refused since the last counters, by reason. */
  refused: Record<string, number> = {};
  readonly share: QueueShare;
  private gateways: number;

  constructor(plan: PoolPlan, gateways: number) {
    this.plan = plan;
    this.gateways = gateways;
    this.state = { name: plan.name, state: 'started' };
    this.share = new QueueShare(plan.queueLength, gateways);
  }

  update(plan: PoolPlan, gateways: number): void {
    this.plan = plan;
    this.gateways = gateways;
    this.share.resize(plan.queueLength, gateways);
  }

  /** One more request may be sent; each gateway has its part of the limit. */
  get admits(): boolean {
    return this.inFlight < Math.max(1, Math.floor(this.plan.concurrentRequestLimit / this.gateways));
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
