import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  Connection,
  fixtureApp,
  formatRequest,
  readStat,
  sharedHost,
  until,
  type HostingModel,
  type PoolShorthand,
} from '../harness/index.ts';
import { models } from './pool-host.ts';

describe('idle time', () => {
  /** Pools of one host: one minute, the smallest idle time, passes for all of them at once. */
  const pools = models.flatMap((model) =>
    [
      ['idle', {}, { idleTimeout: '00:01:00' }] as const,
      ['busy', {}, { idleTimeout: '00:01:00' }] as const,
      ['never', {}, { idleTimeout: '00:00:00' }] as const,
      ['always', { startMode: 'AlwaysRunning' }, { idleTimeout: '00:01:00' }] as const,
    ].map(([name, attributes, processModel]) => ({
      name: `${model}-${name}`,
      model,
      attributes,
      processModel,
    })),
  ) as (PoolShorthand & { readonly model: HostingModel })[];
  const host = sharedHost({
    pools,
    arguments: ['--idle-check', '200'],
    sites: pools.map(({ name, model }) => ({
      name,
      applications: { '/': fixtureApp('common/held.mjs', { hostingModel: model }, { pool: name }) },
    })),
  });
  const pids = new Map<string, number>();
  const busy: Connection[] = [];
  let idleMs = 0;

  const pidOf = async (pool: string): Promise<number> =>
    (await host.current.get('/', { site: pool })).json<{ pid: number }>().pid;

  beforeAll(async () => {
    for (const model of models) {
      const target = host.current.target('/held', `${model}-busy`);
      busy.push((await Connection.connect(target)).write(formatRequest(target)));
    }
    // Last come the pools that are to end: when they do, the time has passed for all others.
    for (const { name } of [...pools].sort(
      (a, b) => Number(a.name.endsWith('-idle')) - Number(b.name.endsWith('-idle')),
    )) {
      pids.set(name, await pidOf(name));
    }
    const begun = performance.now();
    for (const model of models) {
      const pool = `${model}-idle`;
      await host.current.events.waitFor('worker.idle.terminated', { pool }, 1, { withinMs: 110_000 });
    }
    idleMs = performance.now() - begun;
  }, 120_000);

  it.each(models)('P-64 %s: the process ends after idleTimeout, event 5186, the pool stays started', async (model) => {
    const pool = `${model}-idle`;
    const pid = pids.get(pool) as number;
    const event = await host.current.events.waitFor('worker.idle.terminated', { pool, pid, winId: 5186 });
    expect(event.fields['idleMs']).toBeGreaterThanOrEqual(60_000);
    expect(idleMs).toBeGreaterThan(59_000);
    await until('the process to end', () => readStat(pid) === undefined);
    expect(await host.current.pool(pool)).toMatchObject({ state: 'started', health: 'idle' });
    expect(await pidOf(pool)).not.toBe(pid);
  });

  it.each(models)('P-65 %s: a running request is not idle', async (model) => {
    expect(await pidOf(`${model}-busy`)).toBe(pids.get(`${model}-busy`));
  });

  it.each(models)('P-66 %s: idleTimeout=0 never ends it', async (model) => {
    expect(await pidOf(`${model}-never`)).toBe(pids.get(`${model}-never`));
  });

  it.each(models)('P-71 %s: AlwaysRunning keeps its last process', async (model) => {
    expect(await pidOf(`${model}-always`)).toBe(pids.get(`${model}-always`));
  });

  afterAll(async () => {
    for (const client of busy) client.close();
  });
});
