import { Deadline, type TimerWheel } from '../timing/timer-wheel.ts';

/** What a connection waits for, and is tired of. `write`: the client does not take its answer. */
export type ClientTimeout = 'first byte' | 'head' | 'idle' | 'body' | 'probe' | 'linger' | 'write';

/** A body and an answer may be slow for this long before their average rate counts. */
const rateGraceMs = 10_000;
const bodyCheckMs = 2_000;
const lingerMs = 2_000;
/**
 * How long an answer may take after the client's FIN before the client is probed, see `ClientConnection`; and the
 * time to the second probe, which finds the reset that the first one provoked.
 */
const firstProbeMs = 300;
const secondProbeMs = 100;

interface TimedConnection {
  timedOut(what: ClientTimeout): void;
}

/**
 * The timers of one client connection (HTTP.sys: Timer_ConnectionIdle, Timer_HeaderWait, Timer_EntityBody,
 * Timer_MinBytesPerSecond) on two deadlines: one for what is read, one for what is written.
 */
export class ClientTimeouts {
  private readonly wheel: TimerWheel;
  private readonly read: ReadTimeout;
  private readonly write: WriteTimeout;

  constructor(connection: TimedConnection, wheel: TimerWheel) {
    this.wheel = wheel;
    this.read = new ReadTimeout(connection, wheel);
    this.write = new WriteTimeout(connection);
  }

  awaitFirstByte(limitMs: number): void {
    this.awaitReading('first byte', limitMs);
  }

  /** From the first byte of a head; further bytes do not prolong it. */
  awaitHead(limitMs: number): void {
    if (this.read.what !== 'head') this.awaitReading('head', limitMs);
  }

  awaitNextRequest(limitMs: number): void {
    this.awaitReading('idle', limitMs);
  }

  /** `betweenMs` between two pieces, and an average of `minBytesPerSecond` (0 = off) after a grace of 10 s. */
  awaitBody(betweenMs: number, minBytesPerSecond: number): void {
    this.read.begin(betweenMs, minBytesPerSecond);
    this.awaitReading('body', Math.min(betweenMs, bodyCheckMs));
  }

  bodyReceived(bytes: number): void {
    this.read.bytes += bytes;
    this.read.lastAt = this.wheel.now;
  }

  /** While the gateway itself does not read, the client cannot be late. */
  pauseBody(): void {
    if (this.read.what === 'body') this.read.pausedAt = this.wheel.now;
  }

  resumeBody(): void {
    if (this.read.what === 'body') this.read.resume();
  }

  awaitProbe(first: boolean): void {
    this.awaitReading('probe', first ? firstProbeMs : secondProbeMs);
  }

  awaitClose(): void {
    this.awaitReading('linger', lingerMs);
  }

  /** Nothing is expected from the client: a request is being answered. */
  awaitNothing(): void {
    this.read.what = undefined;
    this.wheel.disarm(this.read);
  }

  /** The client has to take `bytes` before more is written. */
  awaitWrite(bytes: number, minBytesPerSecond: number): void {
    if (minBytesPerSecond === 0 || this.write.at !== Infinity) return;
    this.wheel.arm(this.write, Math.max(rateGraceMs, (bytes / minBytesPerSecond) * 1000));
  }

  written(): void {
    this.wheel.disarm(this.write);
  }

  remove(): void {
    this.wheel.remove(this.read);
    this.wheel.remove(this.write);
  }

  private awaitReading(what: ClientTimeout, limitMs: number): void {
    this.read.what = what;
    this.wheel.arm(this.read, limitMs);
  }
}

class ReadTimeout extends Deadline {
  what: ClientTimeout | undefined;
  bytes = 0;
  lastAt = 0;
  pausedAt = -1;
  private since = 0;
  private betweenMs = 0;
  private minBytesPerSecond = 0;
  private readonly connection: TimedConnection;
  private readonly wheel: TimerWheel;

  constructor(connection: TimedConnection, wheel: TimerWheel) {
    super();
    this.connection = connection;
    this.wheel = wheel;
  }

  begin(betweenMs: number, minBytesPerSecond: number): void {
    this.since = this.lastAt = this.wheel.now;
    this.bytes = 0;
    this.pausedAt = -1;
    this.betweenMs = betweenMs;
    this.minBytesPerSecond = minBytesPerSecond;
  }

  resume(): void {
    if (this.pausedAt === -1) return;
    this.since += this.wheel.now - this.pausedAt;
    this.lastAt = this.wheel.now;
    this.pausedAt = -1;
  }

  override expired(now: number): void {
    if (this.what === undefined) return;
    if (this.what === 'body' && !this.bodyIsLate(now)) {
      const untilLate = this.pausedAt === -1 ? this.lastAt + this.betweenMs - now : bodyCheckMs;
      this.wheel.arm(this, Math.min(untilLate, bodyCheckMs));
      return;
    }
    this.connection.timedOut(this.what);
  }

  private bodyIsLate(now: number): boolean {
    if (this.pausedAt !== -1) return false;
    if (now - this.lastAt >= this.betweenMs) return true;
    const elapsedMs = now - this.since;
    return elapsedMs > rateGraceMs && this.bytes < (elapsedMs / 1000) * this.minBytesPerSecond;
  }
}

class WriteTimeout extends Deadline {
  private readonly connection: TimedConnection;

  constructor(connection: TimedConnection) {
    super();
    this.connection = connection;
  }

  override expired(): void {
    this.connection.timedOut('write');
  }
}
