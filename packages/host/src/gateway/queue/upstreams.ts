import type { Upstream } from '@poolhouse/contract';
import { LiveUpstream } from '../forwarding/live-upstream.ts';
import { Later } from '../timing/later.ts';
import type { TimerWheel } from '../timing/timer-wheel.ts';
import type { DispatcherReports } from './dispatcher-surroundings.ts';
import type { LiveApplication } from './live-application.ts';
import type { LiveApplications } from './live-applications.ts';

/** An upstream in doubt is left alone for this long, unless the supervisor says sooner that it lives. */
const suspicionMs = 1_000;
/** What a process wrote before it died may still be in its sockets. */
const removalGraceMs = 1_000;

export interface UpstreamsSurroundings {
  readonly wheel: TimerWheel;
  readonly reports: DispatcherReports;
  readonly applications: LiveApplications;
  /** An upstream of the application takes requests now: those that wait may go. */
  readonly changed: (application: LiveApplication) => void;
}

/**
 * The upstreams of all applications, as they come and go by the supervisor's word.
 *
 *   add ─► open ─► retire ─► drained
 *           │ ▲       └──► busy, when it should be idle and is not: it stays open
 *     doubt └─┘ add again, or a second
 *   remove: the process is gone, in any state
 */
export class Upstreams {
  /** By id; also those that retire, until they are removed. */
  readonly live = new Map<number, LiveUpstream>();
  private readonly wheel: TimerWheel;
  private readonly reports: DispatcherReports;
  private readonly applications: LiveApplications;
  private readonly changed: (application: LiveApplication) => void;

  constructor({ wheel, reports, applications, changed }: UpstreamsSurroundings) {
    this.wheel = wheel;
    this.reports = reports;
    this.applications = applications;
    this.changed = changed;
  }

  add(facts: Upstream): void {
    const application = this.applications.get(facts.application);
    const known = this.live.get(facts.id);
    if (known?.state === 'open') {
      known.debugged = facts.debugged === true;
      // It was in doubt, and it lives.
      known.suspectUntil = 0;
      return this.changed(application);
    }
    const upstream = known ?? new LiveUpstream(facts, this.wheel);
    upstream.debugged = facts.debugged === true;
    upstream.state = 'open';
    upstream.toldDrained = false;
    this.live.set(facts.id, upstream);
    application.add(upstream);
    this.changed(application);
  }

  /** Requests that other gateways have there. */
  setActiveElsewhere(id: number, active: number): void {
    const upstream = this.live.get(id);
    if (upstream !== undefined) upstream.activeElsewhere = active;
  }

  /** It could not be reached, or closed what it should not: nothing is sent there until the supervisor has looked. */
  doubt(upstream: LiveUpstream, detail: string): void {
    if (upstream.state !== 'open' || !upstream.takesRequests) return;
    upstream.suspectUntil = this.wheel.now + suspicionMs;
    this.reports.unreachable(upstream.facts.id, detail);
    this.wheel.arm(new Later(() => this.changed(this.applications.get(upstream.facts.application))), suspicionMs);
  }

  /** Stops dispatching at once; `drained` follows when nothing is left, or `busy` when it must be idle and is not. */
  retire(id: number, onlyIfIdle: boolean): void {
    const upstream = this.live.get(id);
    if (upstream === undefined) return this.reports.drained(id);
    const application = this.applications.get(upstream.facts.application);
    if (onlyIfIdle && (upstream.active > 0 || application.queue.length > 0)) return this.reports.busy(id);
    upstream.state = 'retiring';
    application.remove(upstream);
    upstream.closeIdle();
    this.checkDrained(upstream);
    application.demand();
  }

  /** To be called when a request or a connection of it has ended; says so once when it was the last. */
  checkDrained(upstream: LiveUpstream): void {
    if (upstream.state !== 'retiring' || !upstream.drained || upstream.toldDrained) return;
    upstream.toldDrained = true;
    this.reports.drained(upstream.facts.id);
  }

  /** The process is gone: what it still had to say may arrive, the rest fails. */
  remove(id: number): void {
    const upstream = this.live.get(id);
    if (upstream === undefined) return;
    this.live.delete(id);
    upstream.state = 'removed';
    const application = this.applications.get(upstream.facts.application);
    application.remove(upstream);
    upstream.closeIdle();
    if (upstream.connections.size > 0) {
      this.wheel.arm(
        new Later(() => {
          for (const connection of upstream.connections) connection.abandon();
        }),
        removalGraceMs,
      );
    }
    application.demand();
  }
}
