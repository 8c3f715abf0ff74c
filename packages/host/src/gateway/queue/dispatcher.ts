import { type ApplicationState, type PoolPlan, type PoolState, queueOf, requestsOf } from '@poolhouse/contract';
import type { Emit } from '../../logging/index.ts';
import type { LeasedLimits } from '../control/leased-limits.ts';
import { Forwarder, type ForwarderHost } from '../forwarding/forwarder.ts';
import type { LiveUpstream } from '../forwarding/live-upstream.ts';
import type { FailedRequest } from '../forwarding/connection-owner.ts';
import type { ForwardableExchange } from '../pipeline/forwardable.ts';
import type { ForwardOptions } from '../pipeline/module.ts';
import type { SiteAnswers } from '../pipeline/site-answers.ts';
import { Later } from '../timing/later.ts';
import type { TimerWheel } from '../timing/timer-wheel.ts';
import type { DispatcherReports, DispatcherSurroundings } from './dispatcher-surroundings.ts';
import type { LiveApplication } from './live-application.ts';
import { LiveApplications } from './live-applications.ts';
import { PoolAdmission } from './pool-admission.ts';
import { refuse, type RefusalReason } from './refusal.ts';
import { StateAnswers } from './state-answers.ts';
import { Upstreams } from './upstreams.ts';
import { WaitingRequest } from './waiting-request.ts';

/** Requests that found all places in flight taken by other gateways try again after this time. */
const retryMs = 1_000;

/**
 * Brings requests and upstreams together.
 *
 *   forward ─► refused | failure page | upstream | queue
 *   queue   ─► upstream, when one is added, free again or reachable again
 *           ─► 503, when the site's time is over, the pool stops or the application fails
 */
export class Dispatcher implements ForwarderHost {
  readonly wheel: TimerWheel;
  readonly emit: Emit;
  readonly answers: SiteAnswers;
  readonly upstreams: Upstreams;
  readonly pools = new Map<string, PoolAdmission>();
  private readonly applications: LiveApplications;
  private readonly reports: DispatcherReports;
  private readonly forwarder: Forwarder;
  private readonly stateAnswers: StateAnswers;
  private readonly limits: LeasedLimits;

  constructor({ wheel, emit, answers, limits, reports }: DispatcherSurroundings) {
    this.wheel = wheel;
    this.emit = emit;
    this.answers = answers;
    this.limits = limits;
    this.reports = reports;
    this.forwarder = new Forwarder(this);
    this.applications = new LiveApplications(wheel, reports);
    this.upstreams = new Upstreams({
      wheel,
      reports,
      applications: this.applications,
      changed: (application) => this.dispatchWaiting(application),
    });
    this.stateAnswers = new StateAnswers(answers, () => wheel.now);
  }

  /** For requests outside the queue, see `carryOut`. */
  get readBuffer(): Buffer {
    return this.forwarder.readBuffer;
  }

  // ── requests ──

  /** Answers the exchange, sooner or later. */
  forward(exchange: ForwardableExchange, options: ForwardOptions): void {
    if (exchange.aborted) return;
    const pool = this.pools.get(exchange.route.application.pool);
    if (pool === undefined) return refuse(exchange, 'N/A');
    const application = this.applications.get(exchange.route.application.id);
    if (this.answeredForState(exchange, options, pool, application)) return;
    if (pool.requests.exhausted) return exchange.send(this.answers.status(503, 2));
    const upstream = application.queue.length === 0 ? application.choose() : undefined;
    if (upstream !== undefined && pool.requests.take() === 'taken') {
      return this.send(exchange, options, 0, upstream, application, pool);
    }
    this.enqueue(new WaitingRequest(exchange, options, 0, this.wheel.now, this), application, pool);
  }

  /** A pool that is stopped, or an application that failed or is offline, answers everything alike. */
  private answeredForState(
    exchange: ForwardableExchange,
    options: ForwardOptions,
    pool: PoolAdmission,
    { state }: LiveApplication,
  ): boolean {
    if (pool.stoppedFor === undefined) return this.stateAnswers.answer(exchange, options, state);
    this.refuse(exchange, pool, pool.stoppedFor);
    return true;
  }

  private send(
    exchange: ForwardableExchange,
    options: ForwardOptions,
    retries: number,
    upstream: LiveUpstream,
    application: LiveApplication,
    pool: PoolAdmission,
  ): void {
    if (upstream.load > 0 && pool.plan.demandWhenBusy === true) application.noteBusy();
    this.forwarder.forward(
      exchange,
      upstream,
      upstream.debugged ? { ...options, requestTimeoutMs: 0 } : options,
      retries,
    );
  }

  private enqueue(request: WaitingRequest, application: LiveApplication, pool: PoolAdmission): void {
    if (!pool.enter(request)) return this.refuseFull(request, pool);
    application.queue.push(request);
    this.entered(request, application);
  }

  private refuseFull({ exchange }: WaitingRequest, pool: PoolAdmission): void {
    this.emit('queue.full', { pool: pool.plan.name, limit: pool.plan.queueLength });
    this.refuse(exchange, pool, 'QueueFull');
  }

  private entered(request: WaitingRequest, application: LiveApplication): void {
    this.wheel.arm(request, request.exchange.route.site.connectionTimeoutMs);
    application.demand();
  }

  private leave(request: WaitingRequest, application: LiveApplication): void {
    application.queue.remove(request);
    this.wheel.remove(request);
    request.exchange.listener = undefined;
    this.pools.get(request.exchange.route.application.pool)?.leave(request);
  }

  /** The supervisor has places for those who had none, or knows that there are none. */
  private placeWaiting(pool: PoolAdmission): void {
    for (const request of pool.unplaced) {
      const place = pool.queue.take();
      if (place === 'asked') return;
      if (place === 'taken') {
        request.placed = true;
        pool.unplaced.delete(request);
      } else {
        this.leave(request, this.applications.get(request.exchange.route.application.id));
        this.refuseFull(request, pool);
      }
    }
  }

  private dispatchWaiting(application: LiveApplication): void {
    for (let request = application.queue.peek(); request !== undefined; request = application.queue.peek()) {
      const pool = this.pools.get(request.exchange.route.application.pool);
      const upstream = application.choose();
      if (pool === undefined || upstream === undefined) break;
      const admitted = pool.requests.take();
      if (admitted === 'refused') this.retryLater(pool);
      if (admitted !== 'taken') break;
      this.leave(request, application);
      this.send(request.exchange, request.options, request.retries, upstream, application, pool);
    }
    application.demand();
  }

  /** Places that other gateways have may become free without a word; what this one has, `released` tells. */
  private retryLater(pool: PoolAdmission): void {
    if (pool.retrying || !pool.requests.mayGrow) return;
    pool.retrying = true;
    this.wheel.arm(
      new Later(() => {
        pool.retrying = false;
        this.dispatchWaitingOf(pool);
      }),
      retryMs,
    );
  }

  private dispatchWaitingOf({ plan }: PoolAdmission): void {
    for (const application of this.applications) {
      if (application.queue.peek()?.exchange.route.application.pool === plan.name) this.dispatchWaiting(application);
    }
  }

  private refuse(exchange: ForwardableExchange, pool: PoolAdmission, reason: RefusalReason): void {
    pool.countRefusal(reason);
    refuse(exchange, reason, pool.plan.refuseWith);
  }

  // ── what becomes of waiting requests ──

  left(request: WaitingRequest): void {
    this.leave(request, this.applications.get(request.exchange.route.application.id));
  }

  overdue(request: WaitingRequest): void {
    const { site, application: plan } = request.exchange.route;
    const application = this.applications.get(plan.id);
    // A request that waits for a start may wait as long as that start may take.
    if (application.state.state === 'starting') return this.wheel.arm(request, site.connectionTimeoutMs);
    this.leave(request, application);
    this.emit('queue.timeout', { pool: plan.pool, waitedMs: Math.round(this.wheel.now - request.since) });
    const pool = this.pools.get(plan.pool);
    if (pool === undefined) refuse(request.exchange, 'AppPoolTimer');
    else this.refuse(request.exchange, pool, 'AppPoolTimer');
  }

  // ── what the forwarder reports ──

  released(upstream: LiveUpstream): void {
    const { pool: poolName, application: id } = upstream.facts;
    const pool = this.pools.get(poolName);
    // A pool that has gone meanwhile may come again, and must find its requests counted.
    const requests = pool?.requests ?? this.limits.get(requestsOf(poolName));
    requests.release();
    if (upstream.served === pool?.plan.requestsThreshold) this.reports.thresholdReached();
    const application = this.applications.known(id);
    if (application !== undefined) {
      if (upstream.load === 0) application.noteFree();
      if (application.queue.length > 0) this.dispatchWaiting(application);
    }
    this.upstreams.checkDrained(upstream);
  }

  requeue({ exchange, options, retries }: FailedRequest): void {
    if (exchange.aborted) return;
    const pool = this.pools.get(exchange.route.application.pool);
    if (pool === undefined) return refuse(exchange, 'N/A');
    const application = this.applications.get(exchange.route.application.id);
    if (this.answeredForState(exchange, options, pool, application)) return;
    const request = new WaitingRequest(exchange, options, retries + 1, this.wheel.now, this);
    pool.enterAgain(request);
    application.queue.unshift(request);
    this.entered(request, application);
  }

  doubt(upstream: LiveUpstream, detail: string): void {
    this.upstreams.doubt(upstream, detail);
  }

  closed(upstream: LiveUpstream): void {
    this.upstreams.checkDrained(upstream);
  }

  // ── what the supervisor tells ──

  setPool(plan: PoolPlan): void {
    const known = this.pools.get(plan.name);
    if (known !== undefined) {
      known.plan = plan;
      return;
    }
    const [queue, requests] = [this.limits.get(queueOf(plan.name)), this.limits.get(requestsOf(plan.name))];
    const pool = new PoolAdmission(plan, queue, requests);
    queue.whenAnswered = () => this.placeWaiting(pool);
    requests.whenAnswered = () => this.dispatchWaitingOf(pool);
    this.pools.set(plan.name, pool);
  }

  removePool(name: string): void {
    this.flush(name, (request) => refuse(request.exchange, 'N/A'));
    const pool = this.pools.get(name);
    if (pool === undefined) return;
    pool.queue.whenAnswered = pool.requests.whenAnswered = undefined;
    this.pools.delete(name);
  }

  setPoolState(state: PoolState): void {
    const pool = this.pools.get(state.name);
    if (pool === undefined) return;
    pool.state = state;
    const reason = pool.stoppedFor;
    if (reason !== undefined) this.flush(state.name, (request) => this.refuse(request.exchange, pool, reason));
  }

  setApplicationState(state: ApplicationState): void {
    const application = this.applications.get(state.id);
    const started = application.state.state === 'starting' && state.state !== 'starting';
    application.state = state;
    application.actedOn();
    this.stateAnswers.changed(state);
    for (const request of application.queue) {
      if (state.state === 'failed' || state.state === 'offline') {
        this.leave(request, application);
        this.stateAnswers.answer(request.exchange, request.options, state);
      } else if (started) {
        this.wheel.arm(request, request.exchange.route.site.connectionTimeoutMs);
      }
    }
    this.dispatchWaiting(application);
  }

  /** Applications that the plan no longer has. */
  forgetApplication(id: string): void {
    if (this.applications.known(id)?.unused === true) this.applications.forget(id);
  }

  private flush(pool: string, answer: (request: WaitingRequest) => void): void {
    for (const application of this.applications) {
      for (const request of application.queue) {
        if (request.exchange.route.application.pool !== pool) continue;
        this.leave(request, application);
        answer(request);
      }
    }
  }
}
