import { writeFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import {
  descriptorsOf,
  echoOf,
  fixtureApp,
  scratchFile,
  startLoad,
  until,
  type HostingModel,
  type LoadOptions,
  type Response,
  type TestHost,
  useHost,
} from './harness/index.ts';

const body = 'x'.repeat(10_000);

function hostOf(model: HostingModel, gateways: number): Promise<TestHost> {
  return useHost({
    gateways,
    sites: [{ applications: { '/': fixtureApp('common/echo.mjs', { hostingModel: model }) } }],
  });
}

/** A load whose every answer must be the whole echo of its request. */
function loadOn(host: TestHost, method: 'GET' | 'POST', connections: LoadOptions['connections']): LoadOptions {
  return {
    perSecond: 150,
    target: host.target('/'),
    connections,
    request: { method, ...(method === 'POST' ? { body } : {}) },
    check(response: Response) {
      const { bodyBytes } = echoOf(response);
      const expected = method === 'POST' ? body.length : 0;
      return bodyBytes === expected ? undefined : `${bodyBytes} of ${expected} bytes arrived`;
    },
  };
}

const kinds = (['inprocess', 'outofprocess'] as const).flatMap((model) =>
  [1, 2].flatMap((gateways) =>
    (['GET', 'POST'] as const).flatMap((method) =>
      (['keep-alive', 'new'] as const).map((connections) => ({ model, gateways, method, connections })),
    ),
  ),
);

describe('a recycle under load', () => {
  it.each(kinds)(
    'P-46 loses no request: $model, $gateways gateway(s), $method, $connections connections',
    async ({ model, gateways, method, connections }) => {
      const host = await hostOf(model, gateways);
      const before = echoOf(await host.get('/')).pid;
      const load = startLoad(loadOn(host, method, connections));
      await until('load', () => load.report.succeeded > 50);
      const pids = new Set([before]);
      for (let recycle = 0; recycle < 3; recycle += 1) {
        await host.recycle();
        pids.add(echoOf(await host.get('/')).pid);
      }
      const seen = load.report.succeeded;
      await until('load after the last recycle', () => load.report.succeeded > seen + 50);
      const report = await load.stop();
      expect(report.samples).toEqual([]);
      expect(report.succeeded).toBe(report.sent);
      expect(pids.size).toBe(4);
    },
  );

  it.each(['inprocess', 'outofprocess'] as const)(
    'M-101 %s: requests in flight at the recycle complete with 200',
    async (model) => {
      const file = scratchFile('release');
      const app = fixtureApp('common/held-until-file.mjs', {
        hostingModel: model,
        environment: { RELEASE_FILE: file },
      });
      const host = await useHost({ sites: [{ applications: { '/': app } }] });
      const old = (await host.get('/')).text();
      const held = Array.from({ length: 20 }, () => host.get('/held'));
      await until('all in flight', async () => (await host.pool()).workers[0]?.active === 20);
      const recycled = host.recycle();
      await until('the new process to serve', async () => (await host.get('/')).text() !== old);
      writeFileSync(file, '');
      for (const response of await Promise.all(held)) expect(response.text()).toBe(old);
      await recycled;
    },
  );

  it('M-101 a web garden under load loses no request', async () => {
    const host = await useHost({
      pools: [{ name: 'test', processModel: { maxProcesses: 2 }, attributes: { startMode: 'AlwaysRunning' } }],
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs', { hostingModel: 'inprocess' }) } }],
    });
    const load = startLoad(loadOn(host, 'GET', 'keep-alive'));
    await until('load', () => load.report.succeeded > 50);
    await host.recycle();
    await host.recycle();
    const report = await load.stop();
    expect(report.samples).toEqual([]);
    expect(report.succeeded).toBe(report.sent);
  });

  it('leaves no descriptor behind in supervisor and gateways', async () => {
    const host = await hostOf('inprocess', 2);
    await host.get('/');
    const { supervisor, gateway } = host.pids();
    const longLived = [...supervisor, ...gateway];
    const descriptors = (): number[] => longLived.map((pid) => descriptorsOf(pid).length);
    // The first recycle settles what is opened once: pools of connections, files of logs.
    await host.recycle();
    await host.get('/');
    const before = await settled(descriptors);
    for (let recycle = 0; recycle < 10; recycle += 1) {
      await host.recycle();
      await host.get('/');
    }
    await until(`descriptors as before: ${before.join(' ')}`, () =>
      descriptors().every((count, index) => count <= (before[index] as number) + 2),
    );
  });
});

/** The value once it has been the same for several looks. */
async function settled(read: () => number[]): Promise<number[]> {
  const looks: string[] = [];
  await until('a value that stays', () => {
    looks.push(JSON.stringify(read()));
    return looks.length >= 10 && new Set(looks.slice(-10)).size === 1;
  });
  return read();
}
