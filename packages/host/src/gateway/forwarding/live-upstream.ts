import type { Upstream } from '@poolhouse/contract';
import { Deadline, type TimerWheel } from '../timing/timer-wheel.ts';
import { RetryBudget } from './retry-budget.ts';
import type { ConnectionOwner } from './connection-owner.ts';
import type { UpstreamSession } from './http2/upstream-session.ts';
import { UpstreamSessions } from './http2/upstream-sessions.ts';
import type { UpstreamStream } from './http2/upstream-stream.ts';
import { UpstreamConnection } from './upstream-connection.ts';

/** Idle connections kept per upstream; more would only hold descriptors. */
const maxIdle = 256;
const sweepMs = 1_000;

/**
 * One address that requests can be sent to, as this gateway sees it: its connections and counts.
 *
 *   open ─► retiring ─► (drained)        no new requests, idle connections closed
 *     └──────────────► removed           the process is gone
 */
export class LiveUpstream {
  readonly facts: Upstream;
  state: 'open' | 'retiring' | 'removed' = 'open';
  /** Requests in its hands. */
  active = 0;
  /** Requests in its hands that other gateways sent, by the supervisor's last word. */
  activeElsewhere = 0;
  /** Requests that ended here since it was added. */
  served = 0;
  /** When the last request began or ended, in the wheel's milliseconds. */
  lastActivityAt: number;
  /** It could not be reached: not before this time again. */
  suspectUntil = 0;
  /** In a debugger: its requests have no time limit. */
  debugged = false;
  /** The supervisor knows that it has drained. */
  toldDrained = false;
  readonly retries = new RetryBudget();
  /** All connections, in use or idle. */
  readonly connections = new Set<UpstreamConnection | UpstreamSession>();

  /** A stack: the connection used last is the least likely to be closed by the other side. */
  private readonly idle: UpstreamConnection[] = [];
  /** Instead of idle connections, when its server speaks HTTP/2. */
  private readonly sessions: UpstreamSessions | undefined;
  private readonly wheel: TimerWheel;
  private readonly sweep: IdleSweep;

  constructor(facts: Upstream, wheel: TimerWheel) {
    this.facts = facts;
    this.wheel = wheel;
    this.lastActivityAt = wheel.now;
    this.sweep = new IdleSweep(this);
    this.sessions = facts.protocol === 'h2c' ? new UpstreamSessions(this) : undefined;
  }

  /** Whether a request may be sent here now. */
  get takesRequests(): boolean {
    return this.state === 'open' && this.suspectUntil <= this.wheel.now;
  }

  /** Requests in its hands, of all gateways. */
  get load(): number {
    return this.active + this.activeElsewhere;
  }

  /** No request here, no connection that could still bring one. */
  get drained(): boolean {
    return this.active === 0 && this.connections.size === 0;
  }

  begin(): void {
    this.active++;
    this.lastActivityAt = this.wheel.now;
  }

  end(): void {
    this.active--;
    this.served++;
    this.lastActivityAt = this.wheel.now;
  }

  takeIdle(): UpstreamConnection | undefined {
    for (;;) {
      const connection = this.idle.pop();
      if (connection === undefined || this.isFresh(connection)) return connection;
      connection.destroy();
    }
  }

  /** Something new to send a request with: a connection, or a stream. */
  open(owner: ConnectionOwner): UpstreamConnection | UpstreamStream {
    return this.sessions?.stream(owner) ?? new UpstreamConnection(this, owner);
  }

  /** Keeps a connection for the next request, or closes it. */
  keep(connection: UpstreamConnection): void {
    if (this.state !== 'open' || this.idle.length >= maxIdle) return connection.destroy();
    connection.idleSince = this.wheel.now;
    this.idle.push(connection);
    if (connection.idleLimitMs !== Infinity && this.sweep.at === Infinity) this.wheel.arm(this.sweep, sweepMs);
  }

  forget(connection: UpstreamConnection): void {
    this.connections.delete(connection);
    const index = this.idle.lastIndexOf(connection);
    if (index !== -1) this.idle.splice(index, 1);
  }

  closeIdle(): void {
    for (const connection of this.idle.splice(0)) connection.destroy();
    this.sessions?.closeIdle();
  }

  private isFresh(connection: UpstreamConnection): boolean {
    return connection.idleSince + connection.idleLimitMs > this.wheel.now;
  }

  /** The stack is in order of time, oldest first. */
  closeExpired(): void {
    let expired = 0;
    while (expired < this.idle.length && !this.isFresh(this.idle[expired] as UpstreamConnection)) expired++;
    for (const connection of this.idle.splice(0, expired)) connection.destroy();
    if (this.idle.length > 0) this.wheel.arm(this.sweep, sweepMs);
  }
}

class IdleSweep extends Deadline {
  private readonly upstream: LiveUpstream;

  constructor(upstream: LiveUpstream) {
    super();
    this.upstream = upstream;
  }

  override expired(): void {
    this.upstream.closeExpired();
  }
}
