import { readlinkSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import {
  descriptorsOf,
  environmentOf,
  fixtureApp,
  freePort,
  isAlive,
  request,
  until,
  useHost,
  type TestHost,
} from '../harness/index.ts';
import { hasPython, socketActivation } from './systemd.ts';

const app = (hostingModel: 'inprocess' | 'outofprocess') => ({ '/': fixtureApp('common/echo.mjs', { hostingModel }) });
const everyPid = (host: TestHost): number[] => Object.values(host.pids()).flat();

describe.runIf(hasPython)('socket activation (needs python3)', () => {
  it('serves on the given socket, also after the death of a gateway', async () => {
    const port = await freePort();
    const host = await useHost({
      launcher: socketActivation([{ host: '127.0.0.1', port }]),
      sites: [{ bindings: [`127.0.0.1:${port}:`], applications: app('inprocess') }],
      expects: ['gateway.exited'],
    });
    expect((await request({ port, path: '/' })).status).toBe(200);
    const [gateway] = host.processes('gateway');
    process.kill(gateway!.pid, 'SIGKILL');
    await until('the gateway to be gone', () => !isAlive(gateway!));
    const answers = await Promise.all(Array.from({ length: 20 }, () => request({ port, path: '/' })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect((await host.status()).listeners).toEqual([{ address: '127.0.0.1', port, protocol: 'http' }]);
  });

  it.each([
    ['one for both families', [{ host: '::', dual: true }]],
    ['one for each family', [{ host: '0.0.0.0' }, { host: '::' }]],
  ])('serves all addresses through %s, and none that no binding names', async (_, given) => {
    const port = await freePort();
    const addresses = given.map((each) => ({ ...each, port }));
    const site = { name: 'all', bindings: [`*:${port}:`], applications: { '/': { files: { 'index.html': 'all' } } } };
    await useHost({ launcher: socketActivation(addresses), sites: [site] });
    for (const host of ['127.0.0.1', '::1', '127.0.0.2'])
      expect((await request({ host, port, path: '/' })).text()).toBe('all');
  });

  it('keeps a site for one address to that address, on a socket for all', async () => {
    const port = await freePort();
    await useHost({
      launcher: socketActivation([{ host: '::', port, dual: true }]),
      sites: [{ bindings: [`127.0.0.2:${port}:`], applications: { '/': { files: { 'index.html': 'two' } } } }],
    });
    expect((await request({ host: '127.0.0.2', port, path: '/' })).text()).toBe('two');
    expect((await request({ host: '127.0.0.1', port, path: '/' })).status).toBeGreaterThanOrEqual(400);
  });

  it('binds what was not given, tells what no binding needs, and gives its processes neither', async () => {
    const [needless, port] = [await freePort(), await freePort()];
    const host = await useHost({
      launcher: socketActivation([{ host: '127.0.0.1', port: needless }], { LISTEN_FDNAMES: 'old.socket' }),
      sites: [{ bindings: [`127.0.0.1:${port}:`], applications: app('outofprocess') }],
      expects: ['service.socket_unneeded'],
    });
    expect((await request({ port, path: '/' })).status).toBe(200);
    expect(host.events.named('service.socket_unneeded')).toMatchObject([
      { fields: { fd: 3, name: 'old.socket', address: '127.0.0.1', port: needless } },
    ]);
    const supervisor = host.supervisor.pid!;
    const given = readlinkSync(`/proc/${supervisor}/fd/3`);
    expect(given).toMatch(/^socket:/);
    for (const pid of everyPid(host).filter((each) => each !== supervisor)) {
      expect(descriptorsOf(pid)).not.toContain(given);
      expect(Object.keys(environmentOf(pid)).filter((name) => name.startsWith('LISTEN_'))).toEqual([]);
    }
  });

  it('says why sockets are not used, and binds its own', async () => {
    const port = await freePort();
    const { events } = await useHost({
      launcher: socketActivation([], { LISTEN_PID: '1', LISTEN_FDS: '2' }),
      sites: [{ bindings: [`127.0.0.1:${port}:`], applications: { '/': { files: { 'index.html': 'own' } } } }],
      expects: ['service.sockets_invalid'],
    });
    expect((await request({ port, path: '/' })).text()).toBe('own');
    expect(events.named('service.sockets_invalid')).toMatchObject([
      { message: expect.stringMatching(/given to process 1, and this is process/) },
    ]);
  });
});
