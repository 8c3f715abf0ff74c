import type { ApplicationState, PoolState as PublishedPoolState } from '@poolhouse/contract';
import type { FieldsOf, EventName } from '../../logging/index.ts';
import type { ApplicationPoolSettings } from '../activation/revision.ts';
import type { Ending, HostedApplication, WorkerProcess } from './pool-state.ts';
import type { StartProblem } from './failure/start-problem.ts';

/** What happens to a pool. */
export type PoolEvent =
  | { readonly type: 'tick' }
  // from the gateways
  | { readonly type: 'demand'; readonly application: string; readonly reason: 'none' | 'busy' }
  | {
      readonly type: 'counters';
      readonly process: number;
      readonly active: number;
      readonly served: number;
      readonly lastActiveAt: number;
    }
  | { readonly type: 'drained'; readonly process: number }
  | { readonly type: 'busy'; readonly process: number }
  // from the processes
  | { readonly type: 'launched'; readonly process: number; readonly pid: number }
  | { readonly type: 'hello'; readonly process: number }
  | { readonly type: 'ready'; readonly process: number }
  | { readonly type: 'pong'; readonly process: number }
  | { readonly type: 'memory'; readonly process: number; readonly resident: number; readonly private: number }
  | { readonly type: 'debugger'; readonly process: number; readonly attached: boolean }
  | { readonly type: 'exited'; readonly process: number; readonly problem: StartProblem }
  /** It will not start (no such program, no free port): there is no process. */
  | { readonly type: 'launchFailed'; readonly process: number; readonly problem: StartProblem }
  /** It broke the rules of its channel, or cannot be hosted: end it, it counts. */
  | { readonly type: 'condemned'; readonly process: number; readonly ending: Ending; readonly problem: StartProblem }
  // from people and the configuration
  | { readonly type: 'start' }
  | { readonly type: 'stop'; readonly reason: 'Disabled' | 'AppOffline' }
  | { readonly type: 'recycle'; readonly reason: RecycleReason }
  | { readonly type: 'restartApplication'; readonly application: string; readonly reason: string }
  | {
      readonly type: 'configured';
      readonly settings: ApplicationPoolSettings;
      readonly applications: readonly HostedApplication[];
    };

export type RecycleReason = 'time' | 'requests' | 'schedule' | 'memory' | 'ondemand' | 'configchange' | 'privatememory';

/** What the shell has to do, in order. */
export type PoolEffect =
  | { readonly type: 'launch'; readonly process: WorkerProcess }
  | { readonly type: 'announce'; readonly announcement: Announcement }
  | { readonly type: 'poolState'; readonly state: PublishedPoolState }
  | { readonly type: 'applicationState'; readonly state: ApplicationState }
  /** Ask the process to end; it has no requests any more, or its time for them is over. */
  | {
      readonly type: 'end';
      readonly process: number;
      readonly limitMs: number;
      /** It still has requests, and these may take as long as this. */
      readonly answersMs?: number;
    }
  | { readonly type: 'kill'; readonly process: number }
  | { readonly type: 'ping'; readonly process: number }
  | Report;

/** To all gateways, in one step. */
export interface Announcement {
  readonly add: readonly number[];
  readonly retire: readonly number[];
  readonly remove: readonly number[];
  readonly onlyIfIdle: boolean;
}

export type Report = {
  [Name in EventName]: { readonly type: 'report'; readonly name: Name; readonly fields: FieldsOf<Name> };
}[EventName];
