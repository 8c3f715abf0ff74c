import type { TimerWheel } from '../timing/timer-wheel.ts';
import type { DispatcherReports } from './dispatcher-surroundings.ts';
import { LiveApplication } from './live-application.ts';

/** Applications that requests, upstreams or the supervisor have named, by id. */
export class LiveApplications {
  private readonly applications = new Map<string, LiveApplication>();
  private readonly wheel: TimerWheel;
  private readonly reports: DispatcherReports;

  constructor(wheel: TimerWheel, reports: DispatcherReports) {
    this.wheel = wheel;
    this.reports = reports;
  }

  get(id: string): LiveApplication {
    let application = this.applications.get(id);
    if (application === undefined) {
      application = new LiveApplication(id, this.wheel, this.reports);
      this.applications.set(id, application);
    }
    return application;
  }

  /** Undefined when nobody has named it. */
  known(id: string): LiveApplication | undefined {
    return this.applications.get(id);
  }

  forget(id: string): void {
    this.applications.delete(id);
  }

  [Symbol.iterator](): IterableIterator<LiveApplication> {
    return this.applications.values();
  }
}
