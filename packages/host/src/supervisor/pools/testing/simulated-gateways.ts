import type { ApplicationState } from '@poolhouse/contract';
import type { PoolEffect, PoolEvent } from '../pool-event.ts';

/** What a gateway keeps of one application. */
interface Application {
  state: ApplicationState['state'];
  readonly upstreams: Set<number>;
  waiting: number;
  /** The pool was asked, and nothing has changed since. */
  demanded: boolean;
}

/**
 * Gateways as the pool meets them: they ask once until something changes, hold what they were told of, and answer
 * a retire each for itself. Requests only wait; what is sent to an upstream is served.
 */
export class SimulatedGateways {
  readonly #gateways: readonly Gateway[];
  /** Retired processes, and the gateways that have yet to answer. */
  readonly #asked = new Map<number, Set<Gateway>>();
  /** Under way to the pool, oldest first. */
  readonly #messages: PoolEvent[] = [];

  constructor(count: number) {
    this.#gateways = Array.from({ length: count }, () => new Gateway((message) => this.#messages.push(message)));
  }

  /** Applications with requests that wait, and the state that the gateway has of each. */
  get waiting(): readonly { readonly application: string; readonly state: ApplicationState['state'] }[] {
    return this.#gateways.flatMap(({ waiting }) => waiting);
  }

  /** Addresses that are dispatched to, by any gateway. */
  get upstreams(): ReadonlySet<number> {
    return new Set(this.#gateways.flatMap((gateway) => [...gateway.upstreams]));
  }

  request(application: string, gateway: number): void {
    this.#gateways[gateway % this.#gateways.length]?.request(application);
  }

  /** The next message that is under way. */
  deliver(): PoolEvent | undefined {
    return this.#messages.shift();
  }

  /** One gateway answers a retire that it has not answered. */
  answer(pick: number, answer: 'drained' | 'busy'): void {
    const open = [...this.#asked];
    const [process, gateways] = open[pick % Math.max(1, open.length)] ?? [];
    const [gateway] = gateways ?? [];
    if (process === undefined || gateways === undefined || gateway === undefined) return;
    gateways.delete(gateway);
    if (answer === 'busy' && gateway.upstreams.has(process)) {
      this.#asked.delete(process);
      this.#messages.push({ type: 'busy', process });
      return;
    }
    gateway.letGo(process);
    if (gateways.size > 0) return;
    this.#asked.delete(process);
    this.#messages.push({ type: 'drained', process });
  }

  take(effect: PoolEffect): void {
    switch (effect.type) {
      case 'announce':
        return this.#announce(effect.announcement);
      case 'applicationState':
        return this.#all((gateway) => gateway.learn(effect.state));
      case 'poolState':
        return this.#all((gateway) => gateway.open(effect.state.state === 'started'));
      default:
        return;
    }
  }

  #announce({ add, retire, remove, onlyIfIdle }: Extract<PoolEffect, { type: 'announce' }>['announcement']): void {
    for (const id of add) {
      const application = this.applicationOf(id);
      this.#all((gateway) => gateway.add(application, id));
    }
    for (const id of retire) {
      this.#asked.set(id, new Set(this.#gateways));
      // With `onlyIfIdle` a gateway holds on to it until it has decided.
      if (!onlyIfIdle) this.#all((gateway) => gateway.letGo(id));
    }
    for (const id of remove) {
      this.#asked.delete(id);
      this.#all((gateway) => gateway.letGo(id));
    }
  }

  /** Set by the pool under test. */
  applicationOf: (process: number) => string = () => '';

  #all(act: (gateway: Gateway) => void): void {
    for (const gateway of this.#gateways) act(gateway);
  }
}

class Gateway {
  readonly #applications = new Map<string, Application>();
  readonly #send: (message: PoolEvent) => void;
  #open = true;

  constructor(send: (message: PoolEvent) => void) {
    this.#send = send;
  }

  get waiting(): { application: string; state: ApplicationState['state'] }[] {
    return [...this.#applications].flatMap(([application, { waiting, state }]) =>
      waiting === 0 ? [] : [{ application, state }],
    );
  }

  get upstreams(): ReadonlySet<number> {
    return new Set([...this.#applications.values()].flatMap(({ upstreams }) => [...upstreams]));
  }

  request(id: string): void {
    const application = this.#application(id);
    if (!this.#open || application.state === 'failed' || application.state === 'offline') return; // refused
    if (application.upstreams.size > 0) return; // served
    application.waiting += 1;
    this.#demand(id, application);
  }

  learn({ id, state }: ApplicationState): void {
    const application = this.#application(id);
    application.state = state;
    application.demanded = false;
    if (state === 'failed' || state === 'offline') application.waiting = 0;
    this.#demand(id, application);
  }

  open(open: boolean): void {
    this.#open = open;
    if (!open) for (const application of this.#applications.values()) application.waiting = 0;
  }

  add(id: string, upstream: number): void {
    const application = this.#application(id);
    application.upstreams.add(upstream);
    application.demanded = false;
    application.waiting = 0;
  }

  letGo(upstream: number): void {
    for (const [id, application] of this.#applications) {
      if (!application.upstreams.delete(upstream)) continue;
      application.demanded = false;
      this.#demand(id, application);
    }
  }

  #demand(id: string, application: Application): void {
    if (application.state !== 'available' || application.demanded) return;
    if (application.waiting === 0 || application.upstreams.size > 0) return;
    application.demanded = true;
    this.#send({ type: 'demand', application: id, reason: 'none' });
  }

  #application(id: string): Application {
    const known = this.#applications.get(id);
    if (known !== undefined) return known;
    const application: Application = { state: 'available', upstreams: new Set(), waiting: 0, demanded: false };
    this.#applications.set(id, application);
    return application;
  }
}
