import { Deadline, type TimerWheel } from '../timing/timer-wheel.ts';

const connectLimitMs = 5_000;
/** How long an upstream may think about `Expect: 100-continue` before the gateway sends the body anyway. */
const continueLimitMs = 1_000;

interface TimedUpstream {
  /** Whether the upstream is the one to act. */
  readonly owes: boolean;
  timedOut(what: 'connect' | 'inactive'): void;
  continueRequest(): void;
}

/** The timers of one upstream connection, on one deadline: connecting, then waiting for bytes. */
export class UpstreamTimeouts extends Deadline {
  private what: 'connect' | 'continue' | 'inactive' | undefined;
  private inactivityMs = 0;
  private readonly connection: TimedUpstream;
  private readonly wheel: TimerWheel;

  constructor(connection: TimedUpstream, wheel: TimerWheel) {
    super();
    this.connection = connection;
    this.wheel = wheel;
  }

  /** A request begins; `inactivityMs` 0 = no limit. */
  begin(connected: boolean, inactivityMs: number): void {
    this.inactivityMs = inactivityMs;
    if (connected) return this.awaitActivity();
    this.what = 'connect';
    this.wheel.arm(this, connectLimitMs);
  }

  connected(): void {
    if (this.what === 'connect') this.awaitActivity();
  }

  awaitContinue(): void {
    this.what = 'continue';
    this.wheel.arm(this, continueLimitMs);
  }

  /** A byte passed, in either direction. */
  active(): void {
    if (this.what === 'inactive') this.wheel.arm(this, this.inactivityMs);
  }

  /** The wait for 100 Continue is over. */
  continued(): void {
    this.awaitActivity();
  }

  end(): void {
    this.what = undefined;
    this.wheel.disarm(this);
  }

  remove(): void {
    this.what = undefined;
    this.wheel.remove(this);
  }

  private awaitActivity(): void {
    if (this.inactivityMs === 0) return this.end();
    this.what = 'inactive';
    this.wheel.arm(this, this.inactivityMs);
  }

  override expired(): void {
    switch (this.what) {
      case 'connect':
        return this.connection.timedOut('connect');
      case 'continue':
        return this.connection.continueRequest();
      case 'inactive':
        if (this.connection.owes) this.connection.timedOut('inactive');
        else this.wheel.arm(this, this.inactivityMs);
        return;
      default:
    }
  }
}
