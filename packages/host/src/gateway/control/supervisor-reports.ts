import { channelVersion, type FromGateway, type SharedLimit } from '@poolhouse/contract';
import type { OrderResult } from '../forwarding/order.ts';
import type { DispatcherReports } from '../queue/dispatcher-surroundings.ts';
import type { Counters } from './counter-report.ts';
import type { LeaseReports } from './leased-limit.ts';

type EventMessage = Omit<Extract<FromGateway, { type: 'event' }>, 'version' | 'type'>;

/** Everything that a gateway says to the supervisor. */
export class SupervisorReports implements DispatcherReports, LeaseReports {
  private readonly send: (message: FromGateway) => void;
  private readonly sendCounters: () => void;

  /** `sendCounters`: sends those that have changed, now. */
  constructor(send: (message: FromGateway) => void, sendCounters: () => void) {
    this.send = send;
    this.sendCounters = sendCounters;
  }

  hello(): void {
    this.send({ version: channelVersion, type: 'hello' });
  }

  resync(): void {
    this.send({ version: channelVersion, type: 'resync' });
  }

  listening(): void {
    this.send({ version: channelVersion, type: 'listening' });
  }

  event(event: EventMessage): void {
    this.send({ version: channelVersion, type: 'event', ...event });
  }

  counters(counters: Counters): void {
    this.send({ version: channelVersion, type: 'counters', ...counters });
  }

  orderDone(id: number, result: OrderResult): void {
    this.send({ version: channelVersion, type: 'orderDone', id, ...result });
  }

  // ── of the dispatcher ──

  demand(application: string, reason: 'none' | 'busy'): void {
    this.send({ version: channelVersion, type: 'demand', application, reason });
  }

  drained(upstream: number): void {
    // What it served must be known before its process may go.
    this.sendCounters();
    this.send({ version: channelVersion, type: 'drained', upstream });
  }

  busy(upstream: number): void {
    this.send({ version: channelVersion, type: 'busy', upstream });
  }

  unreachable(upstream: number, code: string): void {
    this.send({ version: channelVersion, type: 'unreachable', upstream, code });
  }

  thresholdReached(): void {
    this.sendCounters();
  }

  // ── of shared limits ──

  ask(limit: SharedLimit): void {
    this.send({ version: channelVersion, type: 'lease', limit });
  }

  giveBack(limit: SharedLimit, places: number, recalled: boolean): void {
    this.send({ version: channelVersion, type: 'return', limit, places, recalled });
  }
}
