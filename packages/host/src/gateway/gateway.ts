import type { Socket } from 'node:net';
import type { FromGateway, GatewayLimits, GatewaySettings, ToGateway } from '@poolhouse/contract';
import { CounterReport } from './control/counter-report.ts';
import { EventSender } from './control/event-sender.ts';
import { LeasedLimits } from './control/leased-limits.ts';
import { PlanFollower } from './control/plan-follower.ts';
import { SupervisorReports } from './control/supervisor-reports.ts';
import { ErrorLog } from './error-log/error-log.ts';
import type { ErrorLogEntry, RequestLine } from './error-log/error-log-entry.ts';
import type { LiveUpstream } from './forwarding/live-upstream.ts';
import { carryOut } from './forwarding/order.ts';
import { BodyBudget } from './http1/body-budget.ts';
import { ClientConnection } from './listening/client-connection.ts';
import type { ConnectionHost } from './listening/connection-host.ts';
import { ConnectionLimits, type ReachedLimit, TrustedProxies } from './listening/connection-limits.ts';
import { Listeners } from './listening/listeners.ts';
import type { ClientConnectionFacts, Exchange, Route } from './pipeline/exchange.ts';
import type { ForwardableExchange } from './pipeline/forwardable.ts';
import { type MessageFailure, messageFailures } from './pipeline/message-failure.ts';
import type { GatewayModule, ModuleServices } from './pipeline/module.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import type { SiteAnswers } from './pipeline/site-answers.ts';
import { Dispatcher } from './queue/dispatcher.ts';
import type { RouteInput, RoutingFailure } from './routing/index.ts';
import { HttpDate } from './timing/http-date.ts';
import { TimerWheel } from './timing/timer-wheel.ts';

const reportEveryMs = 1_000;

/** What a gateway is built from; a test builds it without a process. */
export interface GatewayParts {
  readonly settings: GatewaySettings;
  readonly modules: readonly GatewayModule[];
  readonly answers: SiteAnswers;
  /** Client connections that the descriptors of this process allow. */
  readonly maxConnections: number;
  /** Monotonic, milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly epoch: () => number;
  readonly send: (message: FromGateway) => void;
  /** What was sent has not all left yet: counters wait, and are sent as they are then. Default never. */
  readonly unsent?: () => boolean;
  /** Everything is finished: the process may end. */
  readonly finished: () => void;
}

/**
 * A gateway: accepts clients, routes their requests through modules to upstreams, and obeys the supervisor.
 *
 *   1. `start` says hello; the snapshot brings plan, states and upstreams
 *   2. after the first snapshot it listens and says so
 *   3. changes are applied between two requests, by number; a gap asks for the snapshot again
 *   4. `tick` moves the time: timers, Date, counters, events
 *   5. `drain` ends it without losing a request
 */
export class Gateway implements ConnectionHost {
  readonly wheel: TimerWheel;
  readonly date = new HttpDate();
  readonly answers: SiteAnswers;
  readonly bodies = new BodyBudget();
  readonly connectionLimits: ConnectionLimits;
  draining = false;

  private readonly parts: GatewayParts;
  private readonly reports: SupervisorReports;
  private readonly events: EventSender;
  private readonly counters = new CounterReport();
  private readonly connections = new Set<ClientConnection>();
  private readonly pipeline: Pipeline;
  private readonly dispatcher: Dispatcher;
  private readonly leasedLimits: LeasedLimits;
  private readonly follower: PlanFollower;
  private readonly listeners: Listeners;
  private readonly reachedLimits = new Set<ReachedLimit>();
  private trusted = new TrustedProxies([]);
  private orders = 0;
  private reportedAt = 0;
  private drainEndsAt = Infinity;
  private staysForOrders = false;
  private errorLog: ErrorLog | undefined;

  constructor(parts: GatewayParts) {
    this.parts = parts;
    this.answers = parts.answers;
    this.wheel = new TimerWheel(parts.now());
    this.date.refresh(parts.epoch());
    this.reports = new SupervisorReports(parts.send, () => this.report());
    this.events = new EventSender((event) => this.reports.event(event));
    this.leasedLimits = new LeasedLimits(this.wheel, this.reports);
    this.connectionLimits = new ConnectionLimits(parts.maxConnections, this.leasedLimits, (limit) =>
      this.reachedLimits.add(limit),
    );
    this.dispatcher = new Dispatcher({
      wheel: this.wheel,
      emit: this.events.emit,
      answers: parts.answers,
      limits: this.leasedLimits,
      reports: this.reports,
    });
    this.pipeline = new Pipeline({
      modules: parts.modules,
      services: this.services(),
      answers: parts.answers,
      failed: (exchange, error) => this.moduleFailed(exchange, error),
      unusable: ({ name }, module, error) =>
        this.events.emit('gateway.module_unusable', { site: name, module, error: textOf(error) }),
    });
    this.follower = new PlanFollower({
      pipeline: this.pipeline,
      dispatcher: this.dispatcher,
      leasedLimits: this.leasedLimits,
      resync: () => this.reports.resync(),
    });
    this.listeners = new Listeners((client, facts) => this.accept(client, facts), this.events.emit);
  }

  private services(): ModuleServices {
    const shared = new Map<symbol, unknown>();
    return {
      forward: (exchange, options) => this.dispatcher.forward(exchange as ForwardableExchange, options),
      now: this.parts.now,
      epoch: this.parts.epoch,
      emit: this.events.emit,
      shared: <Value>(key: symbol, create: () => Value) => {
        if (!shared.has(key)) shared.set(key, create());
        return shared.get(key) as Value;
      },
    };
  }

  start(): void {
    this.reports.hello();
  }

  // ── the supervisor ──

  receive(message: ToGateway): void {
    switch (message.type) {
      case 'snapshot':
        return this.takeSnapshot(message);
      case 'change':
        return this.follower.change(message);
      case 'order':
        return this.carryOutOrder(message);
      case 'lease':
        return this.leasedLimits.answered(message.limit, message.granted);
      case 'recall':
        return this.leasedLimits.recall(message.limit, message.places);
      case 'elsewhere':
        for (const { id, active } of message.upstreams) this.dispatcher.upstreams.setActiveElsewhere(id, active);
        return;
      case 'drain':
        return this.drain(message.limitMs, message.stay === true);
      default:
        message satisfies never;
    }
  }

  private takeSnapshot(snapshot: Extract<ToGateway, { type: 'snapshot' }>): void {
    const first = !this.follower.begun;
    const { trustedProxies = [], errorLog } = snapshot.plan.limits;
    this.trusted = new TrustedProxies(trustedProxies);
    if (errorLog !== undefined) this.errorLog ??= new ErrorLog(errorLog, this.parts.epoch, this.events.emit);
    this.follower.takeSnapshot(snapshot);
    if (first) void this.listen();
  }

  private async listen(): Promise<void> {
    await this.listeners.listen(this.parts.settings.sockets);
    this.reports.listening();
  }

  private carryOutOrder(order: Extract<ToGateway, { type: 'order' }>): void {
    this.orders++;
    carryOut(order, this.wheel, this.dispatcher.readBuffer, (result) => {
      this.orders--;
      this.reports.orderDone(order.id, result);
      this.checkFinished();
    });
  }

  private report(): void {
    const { pools } = this.dispatcher;
    for (const counters of this.counters.take(this.upstreams, pools, this.connections.size, this.wheel.now)) {
      this.reports.counters(counters);
    }
  }

  /** Every upstream by its id, with its counts. */
  get upstreams(): ReadonlyMap<number, LiveUpstream> {
    return this.dispatcher.upstreams.live;
  }

  // ── clients ──

  /** Takes over one client's connection. */
  accept(socket: Socket, facts: ClientConnectionFacts): void {
    const trusted = this.trusted.has(facts.remoteAddress);
    const unlimited = trusted || isLocal(facts.remoteAddress);
    if (this.draining || !this.connectionLimits.enter(facts.remoteAddress, unlimited)) {
      if (!this.draining) this.rejected(facts, messageFailures.refused, undefined, undefined);
      socket.resetAndDestroy();
      return;
    }
    this.connections.add(new ClientConnection(socket, this, facts, trusted));
  }

  get limits(): GatewayLimits {
    return this.follower.plan.limits;
  }

  route(input: RouteInput): Route | RoutingFailure {
    return this.follower.router.route(input);
  }

  run(exchange: Exchange): void {
    this.pipeline.run(exchange);
  }

  rejected(
    client: ErrorLogEntry['client'],
    { failure: reason, status }: MessageFailure,
    request: RequestLine | undefined,
    route: Route | undefined,
  ): void {
    this.errorLog?.add({ client, request, status, reason, siteId: route?.site.id, queue: route?.application.pool });
  }

  closed(connection: ClientConnection): void {
    this.connections.delete(connection);
    this.connectionLimits.leave(connection.remoteAddress);
    this.checkFinished();
  }

  private moduleFailed(exchange: Exchange, error: unknown): void {
    const { application } = exchange.route;
    this.events.emit('request.module_failed', { application: application.id, error: textOf(error) });
    if (exchange.aborted) return;
    const forwardable = exchange as ForwardableExchange;
    if (forwardable.headSent) forwardable.respondFailed();
    else exchange.send(this.answers.status(500, 0));
  }

  // ── time and end ──

  /** To be called about ten times a second. */
  tick(): void {
    const now = this.parts.now();
    this.date.refresh(this.parts.epoch());
    this.wheel.advance(now);
    if (now - this.reportedAt >= reportEveryMs) {
      this.reportedAt = now;
      this.events.refill();
      if (this.parts.unsent?.() !== true) this.report();
      this.leasedLimits.settle();
      this.reportReachedLimits();
      this.errorLog?.flush();
    }
    if (now >= this.drainEndsAt) for (const connection of this.connections) connection.destroy();
  }

  /** Accepts nothing more, finishes what is in hand, and ends; with `stay` only when told again without. */
  drain(limitMs: number, stay: boolean): void {
    this.staysForOrders = stay;
    this.drainEndsAt = Math.min(this.drainEndsAt, this.parts.now() + limitMs);
    if (!this.draining) {
      this.draining = true;
      this.listeners.close();
      for (const connection of this.connections) connection.drain();
    }
    this.leasedLimits.finish();
    this.checkFinished();
  }

  private reportReachedLimits(): void {
    for (const limit of this.reachedLimits) this.events.emit('gateway.clients_refused', { limit });
    this.reachedLimits.clear();
  }

  private checkFinished(): void {
    if (!this.draining || this.staysForOrders || this.connections.size > 0 || this.orders > 0) return;
    this.report();
    if (this.errorLog === undefined) return this.parts.finished();
    void this.errorLog.close().then(() => this.parts.finished());
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Whoever is on this machine is not kept away by a limit against clients from afar. */
function isLocal(address: string): boolean {
  return address === 'unix' || address === '::1' || address.startsWith('127.');
}
