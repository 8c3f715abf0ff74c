import type { ApplicationState } from '@poolhouse/contract';
import type { LiveUpstream } from '../forwarding/live-upstream.ts';
import { Deadline, type TimerWheel } from '../timing/timer-wheel.ts';
import type { DispatcherReports } from './dispatcher-surroundings.ts';
import { RequestQueue } from './waiting-request.ts';

/** A garden is reported as busy when its requests have found no free process for this long. */
const busyMs = 50;

/** An application as this gateway knows it: its state, its upstreams, and the requests that wait for one. */
export class LiveApplication {
  readonly id: string;
  state: ApplicationState;
  readonly upstreams: LiveUpstream[] = [];
  readonly queue = new RequestQueue();
  /** What the supervisor was told of, and has not acted on yet. */
  private readonly demanded = { none: false, busy: false };
  private turn = 0;
  private readonly busy: BusyWatch;
  private readonly wheel: TimerWheel;
  private readonly reports: DispatcherReports;

  constructor(id: string, wheel: TimerWheel, reports: DispatcherReports) {
    this.id = id;
    this.wheel = wheel;
    this.reports = reports;
    this.state = { id, state: 'available' };
    this.busy = new BusyWatch(() => this.foundBusy());
  }

  /** Least active over all gateways, as far as is known; equals take turns. Undefined when none takes requests. */
  choose(): LiveUpstream | undefined {
    const { upstreams } = this;
    const count = upstreams.length;
    let chosen: LiveUpstream | undefined;
    let chosenAt = 0;
    for (let step = 0; step < count; step++) {
      const index = (this.turn + step) % count;
      const upstream = upstreams[index] as LiveUpstream;
      if (!upstream.takesRequests || (chosen !== undefined && upstream.load >= chosen.load)) continue;
      chosen = upstream;
      chosenAt = index;
      if (upstream.load === 0) break;
    }
    if (chosen !== undefined && count > 1) this.turn = (chosenAt + 1) % count;
    return chosen;
  }

  add(upstream: LiveUpstream): void {
    this.upstreams.push(upstream);
    this.actedOn();
  }

  remove(upstream: LiveUpstream): void {
    const index = this.upstreams.indexOf(upstream);
    if (index !== -1) this.upstreams.splice(index, 1);
    this.actedOn();
  }

  /** Asks for an upstream when requests wait for one: once until something changes, not while a start is in flight. */
  demand(): void {
    if (this.state.state !== 'available' || this.demanded.none) return;
    if (this.queue.length === 0 || this.upstreams.length > 0) return;
    this.demanded.none = true;
    this.reports.demand(this.id, 'none');
  }

  private foundBusy(): void {
    if (this.demanded.busy || this.upstreams.some(({ load }) => load === 0)) return;
    this.demanded.busy = true;
    this.reports.demand(this.id, 'busy');
  }

  /** Something changed: what still holds may be reported again. */
  actedOn(): void {
    this.demanded.none = this.demanded.busy = false;
    this.wheel.remove(this.busy);
  }

  /** A request goes to an upstream that has others in its hands. */
  noteBusy(): void {
    if (!this.demanded.busy && this.busy.at === Infinity) this.wheel.arm(this.busy, busyMs);
  }

  /** An upstream has its hands free. */
  noteFree(): void {
    if (this.busy.at !== Infinity) this.wheel.disarm(this.busy);
  }

  get unused(): boolean {
    return this.upstreams.length === 0 && this.queue.length === 0;
  }
}

class BusyWatch extends Deadline {
  private readonly found: () => void;

  constructor(found: () => void) {
    super();
    this.found = found;
  }

  override expired(): void {
    this.found();
  }
}
