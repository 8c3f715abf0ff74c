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
    for (const { sockets } of second.endpoints) for (const socket of sockets) socket.close();
  });
});

describe('sockets of the service manager', () => {
  const given = (fd: number, address: string, port: number) => ({ fd, name: `${fd}`, address, port });
  const descriptors = ({ endpoints }: ReturnType<typeof openEndpoints>) =>
    endpoints.map(({ address, port, sockets }) => ({ address, port, fds: sockets.map(({ fd }) => fd) }));

  it.each([
    ['dual-stack', [given(3, '::', 80)], [3]],
    ['IPv4 alone', [given(3, '0.0.0.0', 80)], [3]],
    ['both apart', [given(3, '0.0.0.0', 80), given(4, '::', 80)], [3, 4]],
    ['all, and one address', [given(3, '::', 80), given(4, '127.0.0.1', 80)], [3, 4]],
  ])('serve a binding for all addresses: %s', (_, sockets, fds) => {
    const change = openEndpoints([], [site(1, {})], sockets);
    expect(descriptors(change)).toEqual([{ address: '*', port: 80, fds }]);
    expect(change.unneeded).toEqual([]);
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['2001:db8::1', '2001:DB8:0::1'],
    ['::1', '::1'],
  ])('serve a binding for one address: %s', (address, written) => {
    const change = openEndpoints([], [site(1, { address: written, port: 81 })], [given(3, address, 81)]);
    expect(descriptors(change)).toEqual([{ address: written, port: 81, fds: [3] }]);
  });

  it('for all addresses take the single ones of their port: binding those as well would fail', () => {
    const change = openEndpoints([], [site(1, { address: '192.0.2.1' })], [given(3, '::', 80)]);
    expect(descriptors(change)).toEqual([{ address: '*', port: 80, fds: [3] }]);
  });

  it('that no binding needs are told, and what was not given is bound', () => {
    const sockets = [given(3, '::', 80), given(4, '127.0.0.1', 8080)];
    const change = openEndpoints([], [site(1, { address: '127.0.0.1', port: 18_184 })], sockets);
    expect(change.unneeded).toEqual(sockets);
    expect(change.endpoints).toMatchObject([{ address: '127.0.0.1', port: 18_184 }]);
    for (const { sockets: bound } of change.endpoints) for (const socket of bound) socket.close();
  });

  it('stay with us when a binding goes, and serve it again when it comes back', () => {
    const sockets = [given(3, '::', 80)];
    const first = openEndpoints([], [site(1, {})], sockets);
    const without = openEndpoints(first.endpoints, [], sockets);
    expect(without).toMatchObject({ changed: true, obsolete: first.endpoints, unneeded: sockets });
    for (const { sockets: obsolete } of without.obsolete) for (const socket of obsolete) socket.close();
    expect(descriptors(openEndpoints([], [site(1, {})], sockets))).toEqual([{ address: '*', port: 80, fds: [3] }]);
  });
});
