import { createEventLog } from '../../../logging/index.ts';
import { OperationRefused } from '../operations.ts';
import type { OutputFile, PoolSnapshot, StatusSnapshot, SupervisorOperations } from '../operations.ts';

/** A supervisor without processes: it holds a status, does what it is asked to it, and remembers the calls. */
export interface FakeSupervisor extends SupervisorOperations {
  readonly calls: string[];
  /** Replaces the operation's effect; an operation that is never resolved is one that hangs. */
  effect: (call: string, pool: PoolSnapshot) => Promise<PoolSnapshot>;
  output: OutputFile[] | undefined;
  change(status: Partial<StatusSnapshot>): void;
}

export function samplePool(name: string, more: Partial<PoolSnapshot> = {}): PoolSnapshot {
  return {
    name,
    state: 'started',
    health: 'healthy',
    startMode: 'OnDemand',
    generation: 1,
    slots: 1,
    workers: [
      {
        pid: 4211,
        slot: 1,
        generation: 1,
        kind: 'worker',
        state: 'running',
        health: 'healthy',
        startedAt: '2026-11-20T08:12:03.120Z',
        active: 3,
        served: 18_233,
        memoryBytes: 112_394_240,
      },
    ],
    queue: { waiting: 0, limit: 1_000 },
    restarts: 0,
    ...more,
  };
}

export function sampleStatus(more: Partial<StatusSnapshot> = {}): StatusSnapshot {
  return {
    version: '1.2.3',
    node: '26.10.0',
    pid: 4000,
    startedAt: '2026-11-20T08:12:00.000Z',
    state: 'started',
    health: 'healthy',
    revision: 1,
    configuration: '/etc/poolhouse/applicationHost.config',
    sites: [
      {
        name: 'shop',
        id: 1,
        state: 'started',
        health: 'healthy',
        bindings: ['http/*:8080:'],
        urls: ['http://localhost:8080/'],
        applications: [{ id: 'shop/', path: '/', pool: 'shop', physicalPath: '/srv/shop', hostingModel: 'inprocess' }],
      },
    ],
    pools: [samplePool('shop'), samplePool('blog', { state: 'stopped', health: 'unknown', workers: [] })],
    gateways: [{ pid: 4001, state: 'running', connections: 2 }],
    listeners: [{ address: '*', port: 8080, protocol: 'http' }],
    diagnostics: [],
    ...more,
  };
}

export function createFakeSupervisor(initial: StatusSnapshot = sampleStatus()): FakeSupervisor {
  let current = initial;

  async function act(call: string, name: string): Promise<PoolSnapshot> {
    fake.calls.push(`${call} ${name}`);
    const pool = current.pools.find((each) => each.name === name);
    if (pool === undefined) throw new OperationRefused('not-found', `There is no pool ${JSON.stringify(name)}.`);
    return fake.effect(call, pool);
  }

  const fake: FakeSupervisor = {
    calls: [],
    effect: (_, pool) => Promise.resolve(pool),
    output: [],
    events: createEventLog({ sinks: [] }),
    change: (status) => (current = { ...current, ...status }),
    status: () => current,
    recyclePool: (name, { wait }) => act(wait ? 'recycle and wait for' : 'recycle', name),
    startPool: (name) => act('start', name),
    stopPool: (name) => act('stop', name),
    refreshKeyRings: () => {
      fake.calls.push('refresh key rings');
      return Promise.resolve([{ pool: 'shop', store: 'folder', folder: '/run/poolhouse/keys/shop' }]);
    },
    stop: (reason) => Promise.resolve(void fake.calls.push(`stop: ${reason}`)),
    outputFiles: (name) => (current.pools.some((pool) => pool.name === name) ? fake.output : undefined),
  };
  return fake;
}
