import {
  channelVersion,
  type ClientFacts,
  type FromGateway,
  type GatewayLimits,
  type Knowledge,
  type Plan,
  removedLimits,
  sharedLimits,
  type SharedLimit,
  type ToGateway,
  type Upstream,
} from '@poolhouse/contract';
import type { Endpoint } from '../endpoints/index.ts';
import type { FleetEvents, FleetSurroundings } from './fleet-surroundings.ts';
import { GatewayProcess } from './gateway-process.ts';
import { learn, type GatewayKnowledge } from './knowledge.ts';
import { LimitLedger } from './limit-ledger.ts';
import { LoadBroadcast } from './load-broadcast.ts';
import { Orders, type OrderAnswer } from './orders.ts';
import { RetireAnswers } from './retire-answers.ts';
import { UpstreamCounts } from './upstream-counts.ts';

/** A gateway that does not listen after this time never will, milliseconds. */
const startLimitMs = 60_000;
/** Pause before a gateway that died is replaced, when gateways keep dying, milliseconds. */
const respawnPauseMs = 250;
/** Pause before numbers are offered again to a gateway that has not taken its messages, milliseconds. */
const retryMs = 100;
/** A gateway that dies sooner than this after its start is one that keeps dying, milliseconds. */
const shortLifeMs = 2_000;

/** A gateway ended before it listened. */
export class GatewayEndedError extends Error {
  constructor(ending: string) {
    super(`a gateway ended before it listened (${ending}); what it wrote is in gateway.log in the log folder`);
  }
}

/**
 * The N gateways that share the sockets:
 *
 *   1. each starts with the sockets as descriptors and gets a snapshot
 *   2. every step of the supervisor is numbered and told to all
 *   3. what they answer is summed up for the pools, and each hears what the others have in hand
 *   4. one that dies is replaced at once; waiting connections wait in the kernel
 *   5. when sockets come or go, a new set of gateways takes over and the old one drains
 */
export class GatewayFleet {
  readonly #size: number;
  readonly #surroundings: FleetSurroundings;
  readonly #events: FleetEvents;
  readonly #gateways = new Map<number, GatewayProcess>();
  readonly #ledger: LimitLedger;
  readonly #counts = new UpstreamCounts();
  readonly #broadcast = new LoadBroadcast(this.#counts);
  #broadcastTimer: NodeJS.Timeout | undefined;
  readonly #answers: RetireAnswers;
  readonly #orders = new Orders();
  readonly #waiting = new Map<string, Map<number, number>>();
  #endpoints: readonly Endpoint[] = [];
  #knowledge: GatewayKnowledge;
  #outdated = false;
  #stopping = false;

  constructor(size: number, plan: Plan, surroundings: FleetSurroundings, events: FleetEvents) {
    this.#size = size;
    this.#surroundings = surroundings;
    this.#events = events;
    this.#answers = new RetireAnswers((upstream, answer) => events.retireAnswered(upstream, answer));
    this.#knowledge = { number: 0, plan, poolStates: [], applicationStates: [], upstreams: [] };
    this.#ledger = new LimitLedger(size, {
      answer: (pid, limit, granted) => this.#tell(pid, { version: channelVersion, type: 'lease', limit, granted }),
      recall: (pid, limit, places) => this.#tell(pid, { version: channelVersion, type: 'recall', limit, places }),
    });
    for (const [limit, total] of sharedLimits(plan)) this.#ledger.set(limit, total);
  }

  get gateways(): readonly {
    readonly pid: number;
    readonly state: GatewayProcess['state'];
    readonly connections: number;
  }[] {
    return [...this.#gateways.values()].map(({ pid, state, connections }) => ({ pid, state, connections }));
  }

  /** The gateways work with limits that no longer hold: only new ones learn them. */
  get outdated(): boolean {
    return this.#outdated;
  }

  /** New limits of the message layer, for gateways that start from now on. */
  setLimits(limits: GatewayLimits): void {
    this.#knowledge = { ...this.#knowledge, plan: { ...this.#knowledge.plan, limits } };
    this.#outdated = true;
  }

  /** Requests that wait in all gateways, by pool. */
  waiting(pool: string): number {
    return [...(this.#waiting.get(pool)?.values() ?? [])].reduce((sum, each) => sum + each, 0);
  }

  /**
   * Starts the gateways on these sockets, or hands over to new ones; resolves when they listen.
   *
   * @throws GatewayEndedError when none could be started, or not all of the first ones; the old ones go on
   */
  async use(endpoints: readonly Endpoint[]): Promise<void> {
    const old = [...this.#gateways.values()];
    this.#endpoints = endpoints;
    const starts = await Promise.allSettled(Array.from({ length: this.#size }, () => this.#start()));
    const failed = starts.filter((start) => start.status === 'rejected');
    this.#outdated = failed.length === this.#size;
    if (failed[0] !== undefined && (this.#outdated || old.length === 0)) throw failed[0].reason;
    for (const gateway of old) this.#drain(gateway, 90_000);
    for (const _ of failed) this.#replace(respawnPauseMs);
  }

  /** Tells every gateway one step. */
  publish(step: Knowledge): void {
    const base = this.#knowledge.number;
    this.#knowledge = learn(this.#knowledge, step);
    const informed = [...this.#gateways.values()].filter((gateway) => gateway.informed);
    for (const upstream of step.retire ?? []) {
      this.#answers.ask(
        upstream,
        informed.map(({ pid }) => pid),
      );
    }
    this.#countUpstreams(step);
    const limits = this.#changeLimits(step);
    const { number } = this.#knowledge;
    for (const gateway of informed) {
      const leases = gateway.state === 'draining' ? {} : this.#ledger.deal(gateway.pid, limits);
      this.#send(gateway, { version: channelVersion, type: 'change', base, number, leases, ...step });
    }
    this.#broadcastDue();
  }

  #countUpstreams({ add, remove }: Knowledge): void {
    for (const upstream of add ?? []) {
      this.#counts.add(upstream);
      this.#broadcast.changed(this.#counts.siblings(upstream.id));
    }
    for (const upstream of remove ?? []) {
      const siblings = [...this.#counts.siblings(upstream)];
      this.#answers.forgetUpstream(upstream);
      this.#counts.forgetUpstream(upstream);
      this.#broadcast.forgetUpstream(upstream);
      this.#broadcast.changed(siblings);
    }
  }

  /** Returns the limits that gateways may get places of. */
  #changeLimits(step: Knowledge): readonly SharedLimit[] {
    for (const limit of removedLimits(step)) this.#ledger.set(limit, 0);
    for (const name of step.removedPools ?? []) this.#waiting.delete(name);
    const limits = sharedLimits(step);
    for (const [limit, total] of limits) this.#ledger.set(limit, total);
    return [...limits.keys()];
  }

  /** Has one gateway send one request. */
  async sendOrder(order: {
    readonly upstream: Upstream;
    readonly method: 'GET' | 'POST';
    readonly target: string;
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly limitMs: number;
  }): Promise<OrderAnswer> {
    const gateway = [...this.#gateways.values()].find(({ state }) => state === 'listening');
    if (gateway === undefined) return { status: 0, error: 'no gateway is running' };
    const { id, answer } = this.#orders.begin(gateway.pid, order.limitMs);
    const client: Omit<ClientFacts, 'token'> = { scheme: 'http', version: '1.1', address: '127.0.0.1', port: 0 };
    this.#send(gateway, { version: channelVersion, type: 'order', id, client, ...order });
    return answer;
  }

  /** Stops accepting and lets clients go as they become idle; the gateways stay, to carry what the pools still have to say. */
  async refuseNewClients(limitMs: number): Promise<void> {
    this.#stopping = true;
    for (const gateway of this.#gateways.values()) {
      if (gateway.state === 'draining') continue;
      this.#send(gateway, { version: channelVersion, type: 'drain', limitMs, stay: true });
    }
  }

  /** Lets go of all clients: no new connections, requests are finished within the limit. */
  async stop(limitMs: number): Promise<void> {
    this.#stopping = true;
    const ends = [...this.#gateways.values()].map(async (gateway) => {
      this.#drain(gateway, limitMs);
      await this.#ended(gateway.pid);
    });
    await Promise.all(ends);
  }

  destroy(): void {
    this.#stopping = true;
    for (const gateway of this.#gateways.values()) gateway.kill();
  }

  readonly #endWaiters = new Map<number, () => void>();

  async #ended(pid: number): Promise<void> {
    if (!this.#gateways.has(pid)) return;
    await new Promise<void>((resolve) => this.#endWaiters.set(pid, resolve));
  }

  async #start(): Promise<void> {
    const startedAt = this.#surroundings.now();
    const gateway = await new Promise<GatewayProcess>((resolve, reject) => {
      // Messages arrive on later turns, when `started` is set.
      let started: GatewayProcess | undefined;
      const tooLong = setTimeout(() => started?.kill(), startLimitMs).unref();
      GatewayProcess.start(this.#endpoints, this.#surroundings.launch, {
        message: (message) => {
          if (started === undefined) return;
          if (message.type === 'listening') {
            clearTimeout(tooLong);
            resolve(started);
          }
          this.#receive(started, message);
        },
        untrusted: (detail) => this.#surroundings.emit('gateway.untrusted', { pid: started?.pid ?? 0, detail }),
        exited: ({ code, signal }) => {
          clearTimeout(tooLong);
          if (started === undefined) return;
          reject(new GatewayEndedError(signal ?? `exit code ${code ?? 'unknown'}`));
          this.#exited(started, startedAt, code, signal);
        },
      })
        .then((process) => {
          started = process;
          this.#gateways.set(process.pid, process);
          this.#surroundings.record.add(process);
        })
        .catch(reject);
    });
    if (gateway.state === 'starting') gateway.state = 'listening';
    this.#surroundings.emit('gateway.started', { pid: gateway.pid });
  }

  #receive(gateway: GatewayProcess, message: FromGateway): void {
    const { pid } = gateway;
    switch (message.type) {
      case 'hello':
      case 'resync':
        return this.#inform(gateway);
      case 'listening':
        return;
      case 'demand':
        return this.#events.demand(message.application, message.reason);
      case 'counters':
        return this.#count(pid, message);
      case 'drained':
      case 'busy':
        return this.#answers.answer(message.upstream, pid, message.type);
      case 'unreachable':
        return this.#events.doubted(message.upstream);
      case 'lease':
        return this.#ledger.ask(pid, message.limit);
      case 'return':
        return this.#ledger.returned(pid, message.limit, message.places, message.recalled);
      case 'orderDone': {
        const { id, status, error } = message;
        return this.#orders.answer(id, pid, error === undefined ? { status } : { status, error });
      }
      case 'event':
        return this.#surroundings.emit(message.name as never, message.fields as never);
    }
  }

  /** The snapshot, and again what this gateway still has to answer. */
  #inform(gateway: GatewayProcess): void {
    // Again after a gap: what it holds of limits stays as it is.
    const leases = gateway.informed ? {} : this.#ledger.join(gateway.pid);
    gateway.informed = true;
    this.#send(gateway, { ...this.#snapshot(), leases });
    this.#broadcast.join(gateway.pid);
    this.#broadcastDue();
    const retire = this.#answers.pendingOf(gateway.pid);
    const { number } = this.#knowledge;
    if (retire.length > 0)
      this.#send(gateway, { version: channelVersion, type: 'change', base: number, number, retire });
  }

  #count(pid: number, message: Extract<FromGateway, { type: 'counters' }>): void {
    const now = this.#surroundings.now();
    const known = message.upstreams.filter((counters) => this.#counts.update(pid, counters, now));
    this.#broadcast.changed(known.map(({ id }) => id));
    this.#broadcastDue();
    for (const { id } of known) this.#events.counters(id, this.#counts.total(id));
    const pools = new Set(this.#knowledge.plan.pools.map(({ name }) => name));
    for (const { name, waiting } of message.pools) {
      if (!pools.has(name)) continue;
      const own = this.#waiting.get(name) ?? new Map<number, number>();
      this.#waiting.set(name, own.set(pid, waiting));
    }
  }

  /** Tells gateways what the others have in flight: at once where it matters, else together once a second. */
  #broadcastDue(): void {
    clearTimeout(this.#broadcastTimer);
    const now = this.#surroundings.now();
    let next = Infinity;
    for (const [pid, at] of this.#broadcast.due()) {
      // One that is slow to take its messages hears the numbers of later.
      if (at > now || this.#gateways.get(pid)?.unsentBytes !== 0) {
        next = Math.min(next, Math.max(at, now + retryMs));
        continue;
      }
      const upstreams = this.#broadcast.take(pid, now);
      this.#tell(pid, { version: channelVersion, type: 'elsewhere', upstreams });
    }
    this.#broadcastTimer = next === Infinity ? undefined : setTimeout(() => this.#broadcastDue(), next - now).unref();
  }

  #snapshot(): Omit<Extract<ToGateway, { type: 'snapshot' }>, 'leases'> {
    const { number, plan, poolStates, applicationStates, upstreams } = this.#knowledge;
    return {
      version: channelVersion,
      type: 'snapshot',
      number,
      plan,
      poolStates,
      applicationStates,
      upstreams,
      gateways: this.#size,
    };
  }

  /** Again with a shorter limit: the shorter one holds. */
  #drain(gateway: GatewayProcess, limitMs: number): void {
    gateway.state = 'draining';
    this.#send(gateway, { version: channelVersion, type: 'drain', limitMs });
    setTimeout(() => gateway.kill(), limitMs + 1_000).unref();
  }

  #exited(gateway: GatewayProcess, startedAt: number, code: number | null, signal: string | null): void {
    const { pid } = gateway;
    this.#gateways.delete(pid);
    this.#surroundings.record.delete(pid);
    this.#ledger.leave(pid);
    this.#broadcast.leave(pid);
    this.#answers.forgetGateway(pid);
    for (const waiting of this.#waiting.values()) waiting.delete(pid);
    const counted = this.#counts.forgetGateway(pid);
    this.#broadcast.changed(counted);
    this.#broadcastDue();
    for (const upstream of counted) this.#events.counters(upstream, this.#counts.total(upstream));
    this.#orders.forgetGateway(pid);
    this.#endWaiters.get(pid)?.();
    this.#endWaiters.delete(pid);
    if (gateway.state === 'draining') return this.#surroundings.emit('gateway.stopped', { pid });
    this.#surroundings.emit('gateway.exited', {
      pid,
      ...(code === null ? {} : { code }),
      ...(signal === null ? {} : { signal }),
    });
    if (!this.#stopping) this.#replace(this.#surroundings.now() - startedAt < shortLifeMs ? respawnPauseMs : 0);
  }

  /** Keeps trying: without a gateway the host serves nothing, and its connections only wait. */
  #replace(pauseMs: number): void {
    setTimeout(() => {
      // One that drains serves nobody new: it does not stand in for another.
      const serving = [...this.#gateways.values()].filter(({ state }) => state !== 'draining');
      if (this.#stopping || serving.length >= this.#size) return;
      this.#start().catch((error: unknown) => {
        // Its end was reported when it came, and it is being replaced as well.
        if (error instanceof GatewayEndedError) return;
        this.#surroundings.emit('supervisor.task_failed', { task: 'replacing a gateway', error: String(error) });
      });
    }, pauseMs);
  }

  #tell(pid: number, message: ToGateway): void {
    const gateway = this.#gateways.get(pid);
    if (gateway !== undefined) this.#send(gateway, message);
  }

  #send(gateway: GatewayProcess, message: ToGateway): void {
    gateway.send(message, {
      untrusted: (detail) => this.#surroundings.emit('gateway.untrusted', { pid: gateway.pid, detail }),
    });
  }
}
