import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { BindingSettings, SiteSettings } from '../activation/revision.ts';
import { openEndpoints } from './endpoints.ts';
import { planEndpoints } from './endpoint-plan.ts';

const origin = { file: 'applicationHost.config', line: 1, column: 1 };
const site = (id: number, ...bindings: Partial<BindingSettings>[]): SiteSettings => ({
  ...{ id, name: `site ${id}`, serverAutoStart: true, applications: [] },
  bindings: bindings.map((binding) => ({ protocol: 'http', address: '*', port: 80, host: '', origin, ...binding })),
});

describe('sockets for bindings', () => {
  it('one per address and port, shared by host names and sites', () => {
    const sites = [
      site(1, { host: 'a.example' }, { host: 'b.example' }),
      site(2, { host: 'c.example' }, { port: 8080, address: '127.0.0.1' }),
    ];
    expect(planEndpoints(sites)).toEqual([
      { address: '*', port: 80, protocol: 'http' },
      { address: '127.0.0.1', port: 8080, protocol: 'http' },
    ]);
  });

  it('a wildcard takes the specific addresses of its port, whichever comes first', () => {
    expect(planEndpoints([site(1, { address: '127.0.0.1' }), site(2, { address: '*' })])).toEqual([
      { address: '*', port: 80, protocol: 'http' },
    ]);
  });
});

describe('opening them', () => {
  it('says which sites a busy port stops, and what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const busy = site(1, { address: '127.0.0.1', port });
    const { endpoints, problems } = openEndpoints([], [busy]);
    expect(endpoints).toEqual([]);
    expect(problems).toMatchObject([
      { site: busy, code: 'EADDRINUSE', message: expect.stringContaining('is in use by another program') },
    ]);
    server.close();
  });

  it('an address of another machine is told apart', () => {
    expect(openEndpoints([], [site(1, { address: '192.0.2.1', port: 18080 })]).problems).toMatchObject([
      { code: 'EADDRNOTAVAIL' },
    ]);
  });

  it('keeps the sockets that stay', () => {
    const first = openEndpoints([], [site(1, { address: '127.0.0.1', port: 18_181 })]);
    const second = openEndpoints(first.endpoints, [
      site(1, { address: '127.0.0.1', port: 18_181 }, { address: '127.0.0.1', port: 18_182 }),
    ]);
    expect(second.endpoints[0]).toBe(first.endpoints[0]);
    expect(second).toMatchObject({ changed: true, obsolete: [] });
    const third = openEndpoints(second.endpoints, [site(1, { address: '127.0.0.1', port: 18_182 })]);
    expect(third.obsolete).toEqual([first.endpoints[0]]);
    expect(openEndpoints(third.endpoints, [site(1, { address: '127.0.0.1', port: 18_182 })]).changed).toBe(false);
    for (const { socket } of [...second.endpoints]) socket.close();
  });
});
