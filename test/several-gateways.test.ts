import { describe, expect, it } from 'vitest';

import { Connection, fixtureApp, formatRequest, until, useHost, type TestHost } from './harness/index.ts';

/** A client whose request an application holds until it is released. */
async function hold(host: TestHost): Promise<Connection> {
  const target = host.target('/held');
  return (await Connection.open(target)).write(formatRequest(target));
}

/** Requests in flight, by process; in order of process. */
async function active(host: TestHost): Promise<number[]> {
  return (await host.running()).toSorted((a, b) => a.pid - b.pid).map((worker) => worker.active);
}

describe('several gateways', () => {
  it('together give each process of a garden its share', async () => {
    const host = await useHost({
      gateways: 2,
      pools: [{ name: 'test', processModel: { maxProcesses: 2 }, attributes: { startMode: 'AlwaysRunning' } }],
      sites: [{ applications: { '/': fixtureApp('common/held.mjs', { hostingModel: 'inprocess' }) } }],
    });
    await until('both processes to run', async () => (await host.running()).length === 2);
    const clients: Connection[] = [];
    // One after the other, each when the gateways have said what is in flight: whichever takes the next knows.
    for (let count = 1; count <= 8; count += 1) {
      clients.push(await hold(host));
      const expected = [Math.floor(count / 2), Math.ceil(count / 2)];
      await until(`${count} requests in flight, ${expected.join(' and ')}`, async () => {
        return (await active(host)).toSorted((a, b) => a - b).join() === expected.join();
      });
    }
    const busiest = await host.get('/release');
    const { pid } = busiest.json<{ pid: number }>();
    await until('its requests to end', async () => {
      return (await host.running()).every((worker) => worker.active === (worker.pid === pid ? 0 : 4));
    });
    // All of the next four go to the one that is idle now.
    for (let count = 1; count <= 4; count += 1) {
      clients.push(await hold(host));
      await until('the idle process to take it', async () => {
        return (await host.running()).every((worker) => worker.active === (worker.pid === pid ? count : 4));
      });
    }
    const served = (await host.running()).reduce((sum, worker) => sum + worker.served, 0);
    expect(served).toBe(5);
    for (const client of clients) client.close();
    await until('nothing to be in flight', async () => (await active(host)).every((count) => count === 0));
  });

  it('P-75 count the connections of a site together', async () => {
    const host = await useHost({
      gateways: 2,
      sites: [{ limits: { maxConnections: 6 }, applications: { '/': fixtureApp('common/echo.mjs') } }],
    });
    const target = host.target('/');
    const clients = await Promise.all(Array.from({ length: 30 }, () => Connection.open(target)));
    const statuses = await Promise.all(
      clients.map(async (client) => (await client.write(formatRequest(target)).response()).status),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(6);
    expect(statuses.filter((status) => status === 503)).toHaveLength(24);
    for (const client of clients) client.close();
    await until('a place to be free', async () => (await host.get('/')).status === 200);
  });

  it('share limits with a gateway that takes over from one that died', async () => {
    const host = await useHost({
      gateways: 2,
      sites: [{ limits: { maxConnections: 6 }, applications: { '/': fixtureApp('common/echo.mjs') } }],
      expects: ['gateway.exited'],
    });
    const target = host.target('/');
    const open = async (count: number): Promise<Connection[]> => {
      const clients = await Promise.all(Array.from({ length: count }, () => Connection.open(target)));
      await Promise.all(clients.map(async (client) => client.write(formatRequest(target)).response()));
      return clients;
    };
    const before = await open(6);
    for (const { pid } of host.processes('gateway')) process.kill(pid, 'SIGKILL');
    await host.events.waitFor('gateway.started', {}, 4);
    for (const client of before) await client.closed();
    const after = await open(6);
    expect((await host.get('/')).status).toBe(503);
    for (const client of after) client.close();
  });
});
