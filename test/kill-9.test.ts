import { describe, expect, it } from 'vitest';

import {
  Connection,
  echoOf,
  fixtureApp,
  formatRequest,
  isAlive,
  readStat,
  startLoad,
  until,
  type HostingModel,
  type ProcessStat,
  type TestHost,
  useHost,
} from './harness/index.ts';

const models = ['inprocess', 'outofprocess'] as const satisfies readonly HostingModel[];

function hostOf(model: HostingModel, gateways = 1, path = 'common/echo.mjs', root?: string): Promise<TestHost> {
  return useHost({
    gateways,
    ...(root === undefined ? {} : { root }),
    sites: [{ applications: { '/': fixtureApp(path, { hostingModel: model }) } }],
    expects: ['gateway.exited', 'worker.exit.unexpected', 'request.forwarding_failed', 'supervisor.leftovers_ended'],
  });
}

function everyProcess(host: TestHost): ProcessStat[] {
  return (['gateway', 'worker', 'app'] as const).flatMap((role) => host.processes(role));
}

describe.each(models)('SIGKILL of the supervisor, %s', (model) => {
  it.each([
    ['at rest', 0],
    ['under load', 100],
  ])('P-103 M-54 %s: everything else ends within a second, and the next start is clean', async (_, perSecond) => {
    const host = await hostOf(model, 2);
    await host.get('/');
    const load =
      perSecond === 0 ? undefined : startLoad({ perSecond, target: host.target('/'), connections: 'keep-alive' });
    if (load !== undefined) await until('load', () => load.report.succeeded > 50);
    const processes = everyProcess(host);
    expect(processes.length).toBeGreaterThanOrEqual(3);
    await host.kill();
    await until('every process to end', () => processes.every((process) => !isAlive(process)), { withinMs: 1_000 });
    await load?.stop();
    await host.stop({ keepFiles: true });

    const next = await hostOf(model, 2, 'common/echo.mjs', host.root);
    expect((await next.get('/')).status).toBe(200);
  });
});

describe('what processes had started when the supervisor was killed', () => {
  it('P-103 is ended by the next start', async () => {
    const host = await hostOf('outofprocess', 1, 'out-of-process/leaves-grandchildren.mjs');
    const { children } = (await host.get('/')).json<{ children: number[] }>();
    const left = children.map((pid) => readStat(pid));
    await host.kill();
    const next = await hostOf('outofprocess', 1, 'common/echo.mjs', host.root);
    expect((await next.get('/')).status).toBe(200);
    await until('the children to end', () => left.every((child) => child === undefined || !isAlive(child)));
    expect(next.events.named('supervisor.leftovers_ended')).toHaveLength(1);
  });
});

describe.each(models)('SIGKILL of a gateway, %s', (model) => {
  it('is replaced; a connection that waits is served; processes are not touched', async () => {
    const host = await hostOf(model);
    const before = echoOf(await host.get('/')).pid;
    const [gateway] = host.processes('gateway');
    process.kill(gateway!.pid, 'SIGKILL');
    await until('the gateway to be gone', () => !isAlive(gateway!));
    // The socket stays with the supervisor: connections made now wait in the kernel.
    const answers = await Promise.all(Array.from({ length: 50 }, () => host.get('/')));
    expect(answers.map((answer) => echoOf(answer).pid)).toEqual(Array.from({ length: 50 }, () => before));
    await host.events.waitFor('gateway.exited', { pid: gateway!.pid });
    expect(host.processes('gateway').map((process) => process.pid)).not.toContain(gateway!.pid);
  });

  it('takes only its own connections along', async () => {
    const host = await hostOf(model, 2, 'common/held.mjs');
    const target = host.target('/held');
    const clients = await Promise.all(Array.from({ length: 40 }, () => Connection.open(target)));
    for (const client of clients) client.write(formatRequest(target));
    await until('all to be held', async () => (await host.get('/')).json().held === 40);
    const counts = (await host.status()).gateways.map((gateway) => gateway.connections);
    const [victim] = host.processes('gateway');
    process.kill(victim!.pid, 'SIGKILL');
    await until('the gateway to be gone', () => !isAlive(victim!));
    await host.events.waitFor('gateway.exited');
    await until('the application to lose the victim’s requests', async () => {
      const { held } = (await host.get('/')).json<{ held: number }>();
      return held === clients.filter((client) => client.ended === 'open').length;
    });
    await host.get('/release');
    const open = clients.filter((client) => client.ended === 'open');
    for (const client of open) expect((await client.response()).status).toBe(200);
    // The kernel spreads connections over both; unless it gave all to one, the other's survive.
    if (counts.every((count) => count > 1)) expect(open.length).toBeGreaterThan(0);
    for (const client of clients) client.close();
  });

  it('twice in a row is survived, with the port still bound', async () => {
    const host = await hostOf(model);
    await host.get('/');
    for (let death = 1; death <= 2; death += 1) {
      const [gateway] = await until('a gateway', () => {
        const gateways = host.processes('gateway');
        return gateways.length > 0 && gateways;
      });
      process.kill(gateway!.pid, 'SIGKILL');
      await host.events.waitFor('gateway.exited', {}, death);
    }
    expect((await host.get('/')).status).toBe(200);
  });
});

describe.each(models)('SIGKILL of a process, %s', (model) => {
  it('P-36 fails only its requests in hand, with 502', async () => {
    const host = await hostOf(model, 1, 'common/held.mjs');
    const target = host.target('/held');
    const clients = await Promise.all(Array.from({ length: 5 }, () => Connection.open(target)));
    for (const client of clients) client.write(formatRequest(target));
    await until('all to be held', async () => (await host.get('/')).json().held === 5);
    const { pid } = (await host.get('/')).json<{ pid: number }>();
    process.kill(pid, 'SIGKILL');
    for (const client of clients) {
      expect((await client.response()).status).toBe(502);
      // The client's connection lives on: the fault was behind it.
      client.write(formatRequest(host.target('/')));
      expect((await client.response()).status).toBe(200);
      client.close();
    }
    expect(readStat(pid)?.state ?? 'gone').toMatch(/Z|gone/);
  });

  it('under load: only answers and 502, and service goes on', async () => {
    const host = await hostOf(model);
    const { pid } = echoOf(await host.get('/'));
    const load = startLoad({ perSecond: 100, target: host.target('/'), connections: 'keep-alive' });
    await until('load', () => load.report.succeeded > 30);
    process.kill(pid, 'SIGKILL');
    const seen = load.report.succeeded;
    await until('load on the next process', () => load.report.succeeded > seen + 50);
    const { failures } = await load.stop();
    // A request may have been in its hands; nothing else may go wrong.
    expect(Object.keys(failures).filter((kind) => kind !== 'status')).toEqual([]);
    expect(failures.status ?? 0).toBeLessThanOrEqual(5);
  });
});
