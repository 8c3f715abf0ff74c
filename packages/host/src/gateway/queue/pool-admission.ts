import { leaseBlock, type PoolPlan, type PoolState } from '@poolhouse/contract';
import type { LeasedLimit } from '../control/leased-limit.ts';
import type { RefusalReason } from './refusal.ts';
import type { WaitingRequest } from './waiting-request.ts';

/** Requests of one pool that wait to hear whether its queue has a place for them. */
const maxUnplaced = leaseBlock;

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

  /** Gives a waiting request a place, or lets it wait for one. False: the queue is full. */
  enter(request: WaitingRequest): boolean {
    const place = this.queue.take();
    if (place === 'refused' || (place === 'asked' && this.unplaced.size >= maxUnplaced)) return false;
    request.placed = place === 'taken';
    if (!request.placed) this.unplaced.add(request);
    return true;
  }

  /** It had its turn and nothing came of it: it has a place, whether one is free or not. */
  enterAgain(request: WaitingRequest): void {
    request.placed = true;
    this.queue.occupy();
  }

  leave(request: WaitingRequest): void {
    if (request.placed) this.queue.release();
    else this.unplaced.delete(request);
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
