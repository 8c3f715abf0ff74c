import type { RunRecord } from '../../linux/index.ts';
import type { Emit } from '../../logging/index.ts';
import type { GatewayLaunch } from './gateway-process.ts';
import type { UpstreamTotal } from './upstream-counts.ts';

/** What the gateways tell the pools. */
export interface FleetEvents {
  demand(application: string, reason: 'none' | 'busy'): void;
  counters(upstream: number, total: UpstreamTotal): void;
  retireAnswered(upstream: number, answer: 'drained' | 'busy'): void;
  /** A gateway could not reach it and sends nothing there until it hears that it lives. */
  doubted(upstream: number): void;
}

export interface FleetSurroundings {
  readonly launch: GatewayLaunch;
  readonly record: RunRecord;
  readonly emit: Emit;
  readonly now: () => number;
}
