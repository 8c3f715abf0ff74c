import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isServing, type HostedApplication, type WorkerProcess } from './pool-state.ts';
import { appApplication, compatApplication, poolSettings, workerApplication } from './testing/pool-settings.ts';
import { SimulatedGateways } from './testing/simulated-gateways.ts';
import { SimulatedPool } from './testing/simulated-pool.ts';

/** What can happen to a pool and its gateways, in any order; `pick` chooses the object. */
const single = fc.oneof(
  fc.record({ what: fc.constant('pass' as const), pick: fc.integer({ min: 1, max: 150_000 }) }),
  fc.record({
    what: fc.constantFrom('up', 'up', 'launched', 'hello', 'ready', 'exited', 'launchFailed', 'condemned', 'debugger'),
    pick: fc.nat(7),
  }),
  // What is common, so that the rest meets pools at work.
  fc.record({ what: fc.constantFrom('served', 'served', 'idle'), pick: fc.nat(3) }),
  fc.record({ what: fc.constantFrom('request', 'request', 'deliver', 'deliver', 'drained', 'busy'), pick: fc.nat(7) }),
  fc.record({
    what: fc.constantFrom(
      'busyDemand',
      'recycle',
      'start',
      'stop',
      'restart',
      'stopAndStart',
      'offline',
      'online',
      'remove',
      'restore',
    ),
    pick: fc.nat(3),
  }),
);
type Single = typeof single extends fc.Arbitrary<infer T> ? T : never;

/** One gateway has let go of an idle process, something happens, and the other gateway has a request for it. */
const contested = fc.record({
  what: fc.constant('contested' as const),
  pick: fc.nat(1),
  between: fc.array(single, { maxLength: 3 }),
});
const happening = fc.oneof({ weight: 8, arbitrary: single }, { weight: 1, arbitrary: contested });
type Happening = Single | (typeof contested extends fc.Arbitrary<infer T> ? T : never);

/** A pool, its gateways and its processes, which do what they are told to, or not. */
class World {
  readonly pool: SimulatedPool;
  readonly gateways = new SimulatedGateways(2);
  readonly #applications: readonly HostedApplication[];
  /** Processes that were told to end, or have ended by themselves; the state may have forgotten them. */
  readonly ending = new Set<number>();
  #seen = 0;

  constructor(settings: Parameters<typeof poolSettings>[0], applications: readonly HostedApplication[]) {
    this.pool = new SimulatedPool(poolSettings(settings), applications);
    this.#applications = applications;
    this.gateways.applicationOf = (id) => this.pool.launched().find((process) => process.id === id)?.application ?? '';
  }

  take(event: Parameters<SimulatedPool['take']>[0]): void {
    this.pool.take(event);
    this.#carryOut();
  }

  #carryOut(): void {
    for (; this.#seen < this.pool.effects.length; this.#seen += 1) {
      const effect = this.pool.effects[this.#seen];
      if (effect === undefined) continue;
      if (effect.type === 'end' || effect.type === 'kill') this.ending.add(effect.process);
      this.gateways.take(effect);
    }
  }

  happen(event: Happening): void {
    const { pool, gateways } = this;
    const { what, pick } = event;
    const { processes } = pool.state;
    const process = processes[pick % Math.max(1, processes.length)];
    const application = this.#applications[pick % this.#applications.length] as HostedApplication;
    const { id } = application;
    switch (what) {
      case 'pass':
        for (let left = pick; left > 0; left -= 10_000) {
          pool.now += Math.min(left, 10_000);
          this.take({ type: 'tick' });
        }
        return;
      case 'served':
        gateways.request(id, pick);
        for (let message = 0; message < 5; message += 1) this.deliver();
        for (const each of pool.state.processes) this.processDoes(each, 'up');
        return;
      case 'idle':
        return this.happen({ what: 'pass', pick: 130_000 });
      case 'contested':
        for (const step of ['served', 'idle'] as const) this.happen({ what: step, pick });
        gateways.answer(0, 'drained');
        for (const each of event.between) this.happen(each);
        return gateways.answer(0, 'busy');
      case 'request':
        return gateways.request(id, pick);
      case 'deliver':
        return this.deliver();
      case 'drained':
      case 'busy':
        return gateways.answer(pick, what);
      case 'busyDemand':
        return this.take({ type: 'demand', application: id, reason: 'busy' });
      case 'recycle':
        return this.take({ type: 'recycle', reason: pick === 0 ? 'configchange' : 'ondemand' });
      case 'restart':
        return this.take({ type: 'restartApplication', application: id, reason: 'web.config' });
      case 'stopAndStart':
        this.take({ type: 'stop', reason: 'Disabled' });
        for (let message = 0; message < pick; message += 1) this.deliver();
        return this.take({ type: 'start' });
      case 'start':
        return this.take({ type: 'start' });
      case 'stop':
        return this.take({ type: 'stop', reason: 'Disabled' });
      case 'offline':
      case 'online':
        return this.#configure(
          pool.state.applications.map((each) =>
            each.id === id ? { ...each, offlinePage: what === 'offline' ? '/srv/app_offline.htm' : undefined } : each,
          ),
        );
      case 'remove':
        return this.#configure(pool.state.applications.filter((each) => each.id !== id));
      case 'restore':
        return this.#configure(this.#applications);
      default:
        if (process !== undefined) this.processDoes(process, what);
    }
  }

  processDoes(process: WorkerProcess, what: string): void {
    const { id, phase } = process;
    const problem = { stage: 'exit', message: 'gone', critical: false } as const;
    switch (what) {
      case 'up':
        for (const step of ['launched', 'hello', 'ready']) this.processDoes(process, step);
        return;
      case 'launched':
        return this.take({ type: 'launched', process: id, pid: 1000 + id });
      case 'hello':
        return this.take({ type: 'hello', process: id });
      case 'ready':
        return this.take({ type: 'ready', process: id });
      case 'exited':
        this.ending.add(id);
        return this.take({ type: 'exited', process: id, problem });
      case 'launchFailed':
        if (phase !== 'launching') return;
        this.ending.add(id);
        return this.take({ type: 'launchFailed', process: id, problem });
      case 'condemned':
        return this.take({ type: 'condemned', process: id, ending: 'untrusted', problem });
      case 'debugger':
        return this.take({ type: 'debugger', process: id, attached: true });
    }
  }

  deliver(): void {
    const message = this.gateways.deliver();
    if (message !== undefined) this.take(message);
  }

  #configure(applications: readonly HostedApplication[]): void {
    this.take({ type: 'configured', settings: this.pool.state.settings, applications });
  }

  get unsettled(): boolean {
    const { processes, recycleNext } = this.pool.state;
    return recycleNext.length > 0 || processes.some(({ phase }) => phase !== 'running');
  }

  /** Processes that run where none should, or where another does. */
  get misplaced(): readonly WorkerProcess[] {
    const { processes, applications, status } = this.pool.state;
    const seats = new Set<string>();
    return processes.filter(({ slot, application, ordinal }) => {
      const seat = `${slot} ${application} ${ordinal}`;
      const taken = seats.has(seat);
      seats.add(seat);
      const known = applications.find(({ id }) => id === application);
      return taken || known === undefined || known.offlinePage !== undefined || status !== 'started';
    });
  }

  /** Half a second in which everybody does what is asked. */
  behave(): void {
    for (let message = 0; message < 20; message += 1) this.deliver();
    for (let answer = 0; answer < 10; answer += 1) this.gateways.answer(0, 'drained');
    for (const process of this.pool.state.processes) {
      const { id, phase, debugged } = process;
      if (debugged) this.take({ type: 'debugger', process: id, attached: false });
      if (phase === 'launching' || phase === 'starting') this.processDoes(process, 'up');
      if (phase === 'stopping' || phase === 'killing') this.processDoes(process, 'exited');
    }
    this.pool.now += 500;
    this.take({ type: 'tick' });
  }
}

const kinds = [
  { name: 'worker', settings: {}, applications: [workerApplication] },
  { name: 'web garden', settings: { processModel: { maxProcesses: 3 } }, applications: [workerApplication] },
  {
    name: 'non-overlapped',
    settings: { recycling: { disallowOverlappingRotation: true } },
    applications: [workerApplication],
  },
  {
    name: 'always running garden',
    settings: {
      startMode: 'AlwaysRunning' as const,
      failure: { rapidFailProtection: false },
      processModel: { maxProcesses: 2 },
    },
    applications: [workerApplication],
  },
  {
    name: 'several app processes',
    settings: { processModel: { maxProcesses: 2 } },
    applications: [
      { ...appApplication, processesPerApplication: 2 },
      { ...appApplication, id: 'shop/b' },
    ],
  },
  {
    name: 'applications that exclude each other',
    settings: {},
    applications: [workerApplication, compatApplication, appApplication],
  },
];

/** Simulated time within which everything must have come to its end: longer than any pause and limit, half seconds. */
const patience = 2 * 400;

describe.each(kinds)('from whatever state ($name)', ({ settings, applications }) => {
  const afterChaos = (events: readonly Happening[]): World => {
    const processModel = { idleTimeoutMs: 60_000, ...('processModel' in settings ? settings.processModel : {}) };
    const world = new World({ ...settings, processModel }, applications);
    for (const event of events) world.happen(event);
    return world;
  };
  const chaos = fc.array(happening, { maxLength: 50 });

  it('when everybody behaves, every request is served or refused', () => {
    fc.assert(
      fc.property(chaos, fc.nat(1), (events, gateway) => {
        const world = afterChaos(events);
        const { applications: known } = world.pool.state;
        // By one gateway alone: what another asks for would help it.
        for (const { id } of known) world.gateways.request(id, gateway);
        const waiting = (): unknown[] =>
          // Nobody starts an application that was removed: its requests have the time of the gateway.
          world.gateways.waiting.filter(
            ({ application, state }) => state !== 'available' || known.some(({ id }) => id === application),
          );
        for (let round = 0; round < patience && waiting().length > 0; round += 1) world.behave();
        expect(waiting()).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('when everybody behaves, every process that was let go of ends, and a stop is completed', () => {
    fc.assert(
      fc.property(chaos, (events) => {
        const world = afterChaos(events);
        const letGo = (): readonly WorkerProcess[] => world.pool.state.processes.filter((each) => !isServing(each));
        const ids = new Set(letGo().map(({ id }) => id));
        const left = (): boolean => letGo().some(({ id }) => ids.has(id)) || world.pool.state.status === 'stopping';
        for (let round = 0; round < patience && left(); round += 1) world.behave();
        expect(left()).toBe(false);
        for (let round = 0; round < patience && world.unsettled; round += 1) world.behave();
        expect(world.unsettled).toBe(false);
        expect(world.misplaced).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('even when processes and gateways are silent, every process that was let go of is killed in time', () => {
    fc.assert(
      fc.property(chaos, (events) => {
        const world = afterChaos(events);
        for (const process of world.pool.state.processes)
          if (process.debugged) world.take({ type: 'debugger', process: process.id, attached: false });
        const ids = world.pool.state.processes.filter((each) => !isServing(each)).map(({ id }) => id);
        const limit = world.pool.state.settings.processModel.shutdownTimeLimitMs + 5_000 + 1_000;
        for (let passed = 0; passed < limit; passed += 500) {
          world.pool.now += 500;
          world.take({ type: 'tick' });
        }
        const alive = world.pool.state.processes.filter(({ id, phase }) => ids.includes(id) && phase !== 'running');
        expect(alive).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('a process that the pool has forgotten was told to end', () => {
    fc.assert(
      fc.property(chaos, (events) => {
        const world = new World(settings, applications);
        for (const event of events) {
          const known = world.pool.state.processes.map(({ id }) => id);
          world.happen(event);
          for (const id of known) {
            if (world.pool.process(id) === undefined) expect(world.ending.has(id)).toBe(true);
          }
          // No gateway dispatches to what is gone or ending, and every process that runs can be reached.
          const dispatched = world.gateways.upstreams;
          for (const id of dispatched) expect(world.pool.process(id)).toBeDefined();
          for (const { id, phase } of world.pool.state.processes)
            if (phase === 'stopping' || phase === 'killing') expect(dispatched.has(id)).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });
});
