import type { Emit } from '../../logging/index.ts';
import type { LeasedLimits } from '../control/leased-limits.ts';
import type { SiteAnswers } from '../pipeline/site-answers.ts';
import type { TimerWheel } from '../timing/timer-wheel.ts';

/** What the dispatcher tells the supervisor. */
export interface DispatcherReports {
  demand(application: string, reason: 'none' | 'busy'): void;
  drained(upstream: number): void;
  busy(upstream: number): void;
  unreachable(upstream: number, code: string): void;
  /** An upstream has served as many requests as its pool allows. */
  thresholdReached(): void;
}

export interface DispatcherSurroundings {
  readonly wheel: TimerWheel;
  readonly emit: Emit;
  readonly answers: SiteAnswers;
  readonly limits: LeasedLimits;
  readonly reports: DispatcherReports;
}
