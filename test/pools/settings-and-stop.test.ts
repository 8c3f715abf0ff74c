import { writeFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { Connection, echoOf, fixtureApp, scratchFile, startHost, until, useHost } from '../harness/index.ts';
import { models, hostOf, hold } from './pool-host.ts';

describe('pools beside one another', () => {
  it('P-6 names that differ by case stop the start and name both lines', async () => {
    await expect(
      startHost({ pools: [{ name: 'Web' }, { name: 'web' }], sites: [{ applications: { '/': {} } }] }),
    ).rejects.toThrow(/Web.*web|web.*Web|duplicate/is);
  });

  it('P-12 an application that names a missing pool answers 503, the others work', async () => {
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': fixtureApp('common/echo.mjs'),
            '/lost': fixtureApp('common/echo.mjs', {}, { pool: 'nowhere' }),
          },
        },
      ],
      expects: ['config.invalid', 'config.warning'],
    });
    expect((await host.get('/lost')).status).toBe(503);
    expect((await host.get('/')).status).toBe(200);
  });

  it('P-10 the variables of the handler win over those of the pool', async () => {
    const host = await useHost({
      pools: [{ name: 'test', environment: { A: '1', B: '1' } }],
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs', { environment: { A: '2' } }) } }],
    });
    expect(echoOf(await host.get('/environment')).environment).toMatchObject({ A: '2', B: '1' });
  });

  it('P-72 a garden grows under load, and each process has its share', async () => {
    const host = await useHost({
      pools: [{ name: 'test', processModel: { maxProcesses: 3 } }],
      sites: [{ applications: { '/': fixtureApp('common/held.mjs', { hostingModel: 'inprocess' }) } }],
    });
    const clients: Connection[] = [];
    await until('three processes', async () => {
      if (clients.length < 100) clients.push(await hold(host, '/held'));
      return (await host.running()).length === 3;
    });
    for (let more = 0; more < 10; more += 1) clients.push(await hold(host, '/held'));
    await until('each to have requests', async () => (await host.running()).every((worker) => worker.active > 0));
    expect(host.pids().worker).toHaveLength(3);
  });
});

describe('a service stop', () => {
  it.each(models)('P-110 %s finishes what was started and exits with 0', async (model) => {
    const file = scratchFile('release');
    const host = await hostOf(
      'common/held-until-file.mjs',
      model,
      {},
      { applicationEnvironment: { RELEASE_FILE: file } },
    );
    await host.get('/');
    const clients = await Promise.all(Array.from({ length: 10 }, () => hold(host, '/held')));
    await until('all to execute', async () => (await host.pool()).workers[0]?.active === 10);
    host.supervisor.kill('SIGTERM');
    await host.events.waitFor('supervisor.stopping');
    writeFileSync(file, '');
    for (const client of clients) expect((await client.response()).status).toBe(200);
    for (const client of clients) client.close();
    await until('the supervisor to end', () => host.supervisor.exitCode !== null);
    expect(host.supervisor.exitCode).toBe(0);
  });
});
