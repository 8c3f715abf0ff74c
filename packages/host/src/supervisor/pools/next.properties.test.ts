import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isServing } from './pool-state.ts';
import { appApplication, poolSettings, workerApplication } from './testing/pool-settings.ts';
import { SimulatedPool } from './testing/simulated-pool.ts';

/** One thing that can happen, at any time and in any order, to a process that is picked by number. */
const happening = fc.oneof(
  fc.record({ what: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 200_000 }) }),
  fc.record({
    what: fc.constantFrom(
      'launched',
      'hello',
      'ready',
      'drained',
      'busy',
      'exited',
      'launchFailed',
      'pong',
      'active',
      'inactive',
    ),
    pick: fc.nat(7),
  }),
  fc.record({ what: fc.constantFrom('demand', 'busyDemand', 'recycle', 'start', 'stop', 'restart'), pick: fc.nat(1) }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

function happen(pool: SimulatedPool, event: Happening): void {
  if (event.what === 'pass') return void pool.pass(Math.min(event.ms, 20_000));
  const application =
    pool.state.applications['pick' in event ? event.pick % pool.state.applications.length : 0]?.id ?? '';
  const process =
    pool.state.processes['pick' in event ? event.pick % Math.max(1, pool.state.processes.length) : 0]?.id ?? 0;
  const problem = { stage: 'exit', message: 'gone', critical: false } as const;
  switch (event.what) {
    case 'demand':
      return void pool.take({ type: 'demand', application, reason: 'none' });
    case 'busyDemand':
      return void pool.take({ type: 'demand', application, reason: 'busy' });
    case 'recycle':
      return void pool.take({ type: 'recycle', reason: 'ondemand' });
    case 'restart':
      return void pool.take({ type: 'restartApplication', application, reason: 'web.config' });
    case 'start':
      return void pool.take({ type: 'start' });
    case 'stop':
      return void pool.take({ type: 'stop', reason: 'Disabled' });
    case 'active':
    case 'inactive':
      return void pool.take({
        type: 'counters',
        process,
        active: event.what === 'active' ? 3 : 0,
        served: 5,
        lastActiveAt: pool.now,
      });
    case 'launched':
      return void pool.take({ type: 'launched', process, pid: 1 });
    case 'exited':
    case 'launchFailed':
      return void pool.take({ type: event.what, process, problem });
    default:
      return void pool.take({ type: event.what, process } as Parameters<SimulatedPool['take']>[0]);
  }
}

const kinds = [
  { name: 'overlapped worker', settings: {}, applications: [workerApplication] },
  { name: 'web garden', settings: { processModel: { maxProcesses: 3 } }, applications: [workerApplication] },
  {
    name: 'non-overlapped',
    settings: { recycling: { disallowOverlappingRotation: true } },
    applications: [workerApplication],
  },
  {
    name: 'always running',
    settings: { startMode: 'AlwaysRunning' as const, failure: { rapidFailProtection: false } },
    applications: [workerApplication],
  },
  {
    name: 'two app processes each',
    settings: {},
    applications: [
      { ...appApplication, processesPerApplication: 2 },
      { ...appApplication, id: 'shop/b' },
    ],
  },
];

describe.each(kinds)('whatever happens to a pool ($name)', ({ settings, applications }) => {
  const run = (events: readonly Happening[]): SimulatedPool => {
    const pool = new SimulatedPool(poolSettings(settings), applications);
    for (const event of events) happen(pool, event);
    return pool;
  };

  it('no place ever has two processes of one generation, and a slot no more processes than it may', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (events) => {
        const pool = new SimulatedPool(poolSettings(settings), applications);
        for (const event of events) {
          happen(pool, event);
          const serving = pool.state.processes.filter(isServing);
          const seats = serving.map(
            ({ slot, application, ordinal, generation }) => `${slot} ${application} ${ordinal} ${generation}`,
          );
          expect(new Set(seats).size).toBe(seats.length);
          if (pool.state.settings.recycling.disallowOverlappingRotation)
            expect(pool.state.processes.length).toBeLessThanOrEqual(1);
          if (pool.state.status === 'stopped') expect(pool.state.processes).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('every address is added before it is taken away, and taken away before its process is ended', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (events) => {
        const known = new Set<number>();
        for (const effect of run(events).effects) {
          if (effect.type === 'announce') {
            const { add, retire, remove } = effect.announcement;
            for (const id of add) known.add(id);
            for (const id of retire) expect(known.has(id)).toBe(true);
            for (const id of [...retire, ...remove]) known.delete(id);
          } else if (effect.type === 'end') {
            expect(known.has(effect.process)).toBe(false);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('left alone with processes that do as they are told, it comes to rest', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), (events) => {
        const pool = run(events);
        for (let round = 0; round < 400; round += 1) {
          for (const { id, phase } of pool.state.processes) {
            if (phase === 'launching' || phase === 'starting') pool.bringUp(id);
            if (phase === 'retiring') pool.take({ type: 'drained', process: id });
            if (phase === 'stopping' || phase === 'killing') pool.exit(id, { code: 0 });
          }
          pool.pass(500);
        }
        expect(pool.state.processes.filter(({ phase }) => phase !== 'running')).toEqual([]);
        expect(pool.state.status).not.toBe('stopping');
        for (const place of pool.state.places.filter(({ wanted }) => wanted && pool.state.status === 'started')) {
          const own = pool.state.processes.filter(
            ({ slot, application, ordinal }) =>
              slot === place.slot && application === place.application && ordinal === place.ordinal,
          );
          expect(own.map(({ generation }) => generation)).toEqual([place.generation]);
        }
      }),
      { numRuns: 100 },
    );
  });
});
