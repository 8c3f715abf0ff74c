import type { Leases, SharedLimit } from '@poolhouse/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeasedLimit } from '../../gateway/control/leased-limit.ts';
import { LimitLedger } from './limit-ledger.ts';

const limit: SharedLimit = 'queue:shop';
const clock = { now: 0 };

/** Gateways, the supervisor's ledger, and channels between them that deliver in order, when they are told to. */
class Host {
  readonly gateways = new Map<number, { limit: LeasedLimit; total: number }>();
  total: number;
  private readonly size: number;
  private readonly ledger: LimitLedger;
  private readonly channels = new Map<string, (() => void)[]>();
  private next = 1;

  constructor(size: number, total: number) {
    this.size = size;
    this.total = total;
    this.ledger = new LimitLedger(size, {
      answer: (to, _, granted) => this.post(`to ${to}`, () => this.gateways.get(to)?.limit.answered(granted)),
      recall: (to, _, places) => this.post(`to ${to}`, () => this.gateways.get(to)?.limit.recall(places)),
    });
    this.ledger.set(limit, total);
    for (let count = 0; count < size; count++) this.start();
  }

  private post(channel: string, deliver: () => void): void {
    this.channels.set(channel, [...(this.channels.get(channel) ?? []), deliver]);
  }

  start(): void {
    const id = this.next++;
    const gateway = new LeasedLimit(limit, clock, {
      ask: () => this.post(`from ${id}`, () => this.ledger.ask(id, limit)),
      giveBack: (_, places, recalled) => {
        this.post(`from ${id}`, () => this.ledger.returned(id, limit, places, recalled));
      },
    });
    this.gateways.set(id, { limit: gateway, total: 0 });
    this.tell(id, this.ledger.join(id));
  }

  private tell(id: number, leases: Leases): void {
    const { total } = this;
    this.post(`to ${id}`, () => {
      const gateway = this.gateways.get(id);
      if (gateway === undefined) return;
      gateway.limit.add(leases[limit] ?? 0);
      gateway.limit.setTotal(total, this.size);
      gateway.total = total;
    });
  }

  /** A gateway dies; what it had sent and not what was sent to it still arrives, before its end is seen. */
  replace(id: number): void {
    this.gateways.delete(id);
    this.channels.delete(`to ${id}`);
    this.post(`from ${id}`, () => {
      this.ledger.leave(id);
      this.start();
    });
  }

  change(total: number): void {
    this.total = total;
    this.ledger.set(limit, total);
    for (const id of this.gateways.keys()) this.tell(id, this.ledger.deal(id, [limit]));
  }

  /** Delivers one message of the `choice`th channel that has one. */
  deliver(choice: number): boolean {
    const waiting = [...this.channels].filter(([, messages]) => messages.length > 0);
    const chosen = waiting[choice % Math.max(1, waiting.length)];
    if (chosen === undefined) return false;
    const [first, ...rest] = chosen[1];
    this.channels.set(chosen[0], rest);
    first?.();
    return true;
  }

  deliverAll(): void {
    while (this.deliver(0));
  }

  pick(choice: number): [number, LeasedLimit] | undefined {
    const all = [...this.gateways];
    const chosen = all[choice % Math.max(1, all.length)];
    return chosen === undefined ? undefined : [chosen[0], chosen[1].limit];
  }

  get usable(): number {
    return [...this.gateways.values()].reduce((sum, { limit: { places } }) => sum + places, 0);
  }

  /** The limit in force: the highest that anyone still has to hear is no longer so. */
  get bound(): number {
    return Math.max(this.total, ...[...this.gateways.values()].map(({ total }) => total));
  }
}

const choice = fc.nat(20);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('take' as const), choice }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('release' as const), choice }) },
  { weight: 8, arbitrary: fc.record({ type: fc.constant('deliver' as const), choice }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('die' as const), choice }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('change' as const), total: fc.integer({ min: 1, max: 300 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.constantFrom(100, 1_000) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('pay' as const), choice }) },
);

function perform(host: Host, action: typeof step extends fc.Arbitrary<infer Value> ? Value : never): void {
  switch (action.type) {
    case 'take':
      return void host.pick(action.choice)?.[1].take();
    case 'release': {
      const gateway = host.pick(action.choice)?.[1];
      if (gateway !== undefined && gateway.used > 0) gateway.release();
      return;
    }
    case 'deliver':
      return void host.deliver(action.choice);
    case 'die': {
      const chosen = host.pick(action.choice);
      if (chosen !== undefined) host.replace(chosen[0]);
      return;
    }
    case 'change':
      return host.change(action.total);
    case 'wait':
      clock.now += action.ms;
      return;
    case 'pay':
      return host.pick(action.choice)?.[1].pay();
  }
}

const runs = fc.tuple(
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 1, max: 300 }),
  fc.array(step, { maxLength: 300 }),
);

describe('a limit that gateways share', () => {
  it('P-17 is never exceeded, whatever the order of messages, deaths and changes', () => {
    fc.assert(
      fc.property(runs, ([size, total, steps]) => {
        const host = new Host(size, total);
        for (const action of steps) {
          perform(host, action);
          expect(host.usable).toBeLessThanOrEqual(host.bound);
        }
        host.deliverAll();
        expect(host.usable).toBeLessThanOrEqual(host.total);
      }),
      { numRuns: 500 },
    );
  });

  it('lets every gateway have every place that is free', () => {
    fc.assert(
      fc.property(runs, choice, ([size, total, steps], chosen) => {
        const host = new Host(size, total);
        for (const action of steps) perform(host, action);
        host.deliverAll();
        // All requests have ended, and what was owed is paid.
        for (const { limit: gateway } of host.gateways.values()) {
          while (gateway.used > 0) gateway.release();
          gateway.pay();
        }
        host.deliverAll();
        const gateway = host.pick(chosen)?.[1] as LeasedLimit;
        clock.now += 1_000;
        let taken = 0;
        // Half of what is left with each question: far fewer rounds than this.
        for (let round = 0; round < 1_000 && taken < host.total; round++) {
          if (gateway.take() === 'taken') taken += 1;
          else host.deliverAll();
        }
        expect(taken).toBe(host.total);
        expect(gateway.take()).toBe('refused');
      }),
      { numRuns: 300 },
    );
  });
});
