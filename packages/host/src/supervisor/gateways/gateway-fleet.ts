import {
  channelVersion,
  type ClientFacts,
  type FromGateway,
  type GatewayLimits,
  type Knowledge,
  type Plan,
  type ToGateway,
  type Upstream,
} from '@poolhouse/contract';
import type { RunRecord } from '../../linux/index.ts';
import type { Emit } from '../../logging/index.ts';
import type { Endpoint } from '../endpoints/index.ts';
import { GatewayProcess, type GatewayLaunch } from './gateway-process.ts';
import { learn, type GatewayKnowledge } from './knowledge.ts';
import { QueueLeases } from './queue-leases.ts';
import { RetireAnswers } from './retire-answers.ts';
import { UpstreamCounts, type UpstreamTotal } from './upstream-counts.ts';

/** What the gateways tell the pools. */
export interface FleetEvents {
  demand(application: string, reason: 'none' | 'busy'): void;
  counters(upstream: number, total: UpstreamTotal): void;
  retireAnswered(upstream: number, answer: 'drained' | 'busy'): void;
  /** A gateway could not reach it and sends nothing there until it hears that it lives. */
  doubted(upstream: number): void;
}

export interface FleetSurroundings {
  readonly launch: GatewayLaunch;
  readonly record: RunRecord;
  readonly emit: Emit;
  readonly now: () => number;
}

/** Pause before a gateway that died is replaced, when gateways keep dying, milliseconds. */
const respawnPauseMs = 250;
/** A gateway that dies sooner than this after its start is one that keeps dying, milliseconds. */
const shortLifeMs = 2_000;

/** A gateway ended before it listened. */
export class GatewayEndedError extends Error {
  constructor(ending: string) {
    super(`a gateway ended before it listened (${ending}); what it wrote is in gateway.log in the log folder`);
  }
}

interface Order {
  readonly settle: (answer: { status: number; error?: string }) => void;
  readonly gateway: number;
}

/**
 * The N gateways that share the sockets:
 *
 *   1. each starts with the sockets as descriptors and gets a snapshot
 *   2. every step of the supervisor is numbered and told to all
 *   3. what they answer is summed up for the pools
 *   4. one that dies is replaced at once; waiting connections wait in the kernel
 *   5. when sockets come or go, a new set of gateways takes over and the old one drains
 */
export class GatewayFleet {
  readonly #size: number;
  readonly #surroundings: FleetSurroundings;
  readonly #events: FleetEvents;
  readonly #gateways = new Map<number, GatewayProcess>();
  readonly #leases = new QueueLeases();
  readonly #counts = new UpstreamCounts();
  readonly #answers: RetireAnswers;
  readonly #orders = new Map<number, Order>();
  readonly #waiting = new Map<string, Map<number, number>>();
  #endpoints: readonly Endpoint[] = [];
  #knowledge: GatewayKnowledge;
  #orderNumber = 0;
  #outdated = false;
  #stopping = false;

  constructor(size: number, plan: Plan, surroundings: FleetSurroundings, events: FleetEvents) {
    this.#size = size;
    this.#surroundings = surroundings;
    this.#events = events;
    this.#answers = new RetireAnswers((upstream, answer) => events.retireAnswered(upstream, answer));
    this.#knowledge = { number: 0, plan, poolStates: [], applicationStates: [], upstreams: [] };
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

  /** Starts the gateways on these sockets, or hands over to new ones; resolves when they listen. */
  async use(endpoints: readonly Endpoint[]): Promise<void> {
    const old = [...this.#gateways.values()];
    this.#endpoints = endpoints;
    this.#outdated = false;
    await Promise.all(Array.from({ length: this.#size }, () => this.#start()));
    for (const gateway of old) this.#drain(gateway, 90_000);
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
    for (const upstream of step.remove ?? []) {
      this.#answers.forgetUpstream(upstream);
      this.#counts.forgetUpstream(upstream);
    }
    const message: ToGateway = {
      version: channelVersion,
      type: 'change',
      base,
      number: this.#knowledge.number,
      ...step,
    };
    for (const gateway of informed) this.#send(gateway, message);
  }

  /** Has one gateway send one request. */
  async sendOrder(order: {
    readonly upstream: Upstream;
    readonly method: 'GET' | 'POST';
    readonly target: string;
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly limitMs: number;
  }): Promise<{ readonly status: number; readonly error?: string }> {
    const gateway = [...this.#gateways.values()].find(({ state }) => state === 'listening');
    if (gateway === undefined) return { status: 0, error: 'no gateway is running' };
    const id = (this.#orderNumber += 1);
    const client: Omit<ClientFacts, 'token'> = { scheme: 'http', version: '1.1', address: '127.0.0.1', port: 0 };
    return new Promise((settle) => {
      this.#orders.set(id, { settle, gateway: gateway.pid });
      this.#send(gateway, { version: channelVersion, type: 'order', id, client, ...order });
    });
  }

  /** Stops accepting and lets clients go as they become idle; the gateways stay, to carry what the pools still have to say. */
  async refuseNewClients(limitMs: number): Promise<void> {
    this.#stopping = true;
    for (const gateway of this.#gateways.values()) {
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
      GatewayProcess.start(this.#endpoints, this.#surroundings.launch, {
        message: (message) => {
          if (started === undefined) return;
          if (message.type === 'listening') resolve(started);
          this.#receive(started, message);
        },
        untrusted: (detail) => this.#surroundings.emit('gateway.untrusted', { pid: started?.pid ?? 0, detail }),
        exited: ({ code, signal }) => {
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
    gateway.state = 'listening';
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
        return this.#lease(gateway, message.pool, message.wanted);
      case 'orderDone': {
        const order = this.#orders.get(message.id);
        this.#orders.delete(message.id);
        order?.settle(
          message.error === undefined ? { status: message.status } : { status: message.status, error: message.error },
        );
        return;
      }
      case 'event':
        return this.#surroundings.emit(message.name as never, message.fields as never);
    }
  }

  /** The snapshot, and again what this gateway still has to answer. */
  #inform(gateway: GatewayProcess): void {
    gateway.informed = true;
    this.#send(gateway, this.#snapshot());
    const retire = this.#answers.pendingOf(gateway.pid);
    const { number } = this.#knowledge;
    if (retire.length > 0)
      this.#send(gateway, { version: channelVersion, type: 'change', base: number, number, retire });
  }

  #count(pid: number, message: Extract<FromGateway, { type: 'counters' }>): void {
    const now = this.#surroundings.now();
    for (const counters of message.upstreams) {
      this.#counts.update(pid, counters, now);
      this.#events.counters(counters.id, this.#counts.total(counters.id));
    }
    for (const { name, waiting } of message.pools) {
      const own = this.#waiting.get(name) ?? new Map<number, number>();
      this.#waiting.set(name, own.set(pid, waiting));
    }
  }

  #lease(gateway: GatewayProcess, pool: string, wanted: number): void {
    const queueLength = this.#knowledge.plan.pools.find(({ name }) => name === pool)?.queueLength;
    if (queueLength === undefined) return;
    const granted = this.#leases.change(pool, gateway.pid, wanted, queueLength, this.#size);
    if (wanted > 0) this.#send(gateway, { version: channelVersion, type: 'lease', pool, granted });
  }

  #snapshot(): ToGateway {
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

  #drain(gateway: GatewayProcess, limitMs: number): void {
    if (gateway.state === 'draining') return;
    gateway.state = 'draining';
    this.#send(gateway, { version: channelVersion, type: 'drain', limitMs });
    setTimeout(() => gateway.kill(), limitMs + 1_000).unref();
  }

  #exited(gateway: GatewayProcess, startedAt: number, code: number | null, signal: string | null): void {
    const { pid } = gateway;
    this.#gateways.delete(pid);
    this.#surroundings.record.delete(pid);
    this.#leases.forget(pid);
    this.#answers.forgetGateway(pid);
    for (const waiting of this.#waiting.values()) waiting.delete(pid);
    for (const upstream of this.#counts.forgetGateway(pid))
      this.#events.counters(upstream, this.#counts.total(upstream));
    for (const [id, order] of this.#orders) {
      if (order.gateway !== pid) continue;
      this.#orders.delete(id);
      order.settle({ status: 0, error: 'the gateway that carried the request ended' });
    }
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
      if (this.#stopping || this.#gateways.size >= this.#size) return;
      this.#start().catch((error: unknown) => {
        // Its end was reported when it came, and it is being replaced as well.
        if (error instanceof GatewayEndedError) return;
        this.#surroundings.emit('supervisor.task_failed', { task: 'replacing a gateway', error: String(error) });
      });
    }, pauseMs);
  }

  #send(gateway: GatewayProcess, message: ToGateway): void {
    gateway.send(message, {
      untrusted: (detail) => this.#surroundings.emit('gateway.untrusted', { pid: gateway.pid, detail }),
    });
  }
}
