import { describe, expect, it } from 'vitest';
import type { SiteDeclaration } from '../../supervisor/activation/sites/site-declaration.ts';
import { lanAddresses, loopbackAddresses } from './loopback.ts';
import { narrowSites } from './narrow-sites.ts';
import type { Narrowing } from './narrow-sites.ts';

const origin = { file: '/a.config', line: 1, column: 1 };

function site(name: string, ...bindings: string[]): SiteDeclaration {
  return {
    ...{ id: 1, name, serverAutoStart: false, connectionTimeoutMs: 1, maxConnections: 1, maxUrlSegments: 1 },
    applications: [],
    bindings: bindings.map((text) => {
      const [, protocol, address, port, host] = /^(https?)\/(.*):(\d+):(.*)$/.exec(text)!;
      return { protocol: protocol as 'http', address: address!, port: Number(port), host: host!, origin };
    }),
  };
}

const sites = [
  site('shop', 'http/*:80:shop.test', 'http/10.0.0.7:80:shop.test', 'http/127.0.0.2:81:'),
  site('blog', 'http/*:80:blog.test'),
];
const narrow = (narrowing: Partial<Narrowing>) =>
  narrowSites(sites, { site: undefined, port: undefined, addresses: ['127.0.0.1', '::1'], ...narrowing }).map(
    ({ name, bindings }) => [name, ...bindings.map((b) => `${b.protocol}/${b.address}:${b.port}:${b.host}`)],
  );

describe('narrowSites', () => {
  it('G-22 serves all sites on loopback addresses, under their names', () => {
    expect(narrow({})).toEqual([
      ['shop', 'http/127.0.0.1:80:shop.test', 'http/::1:80:shop.test', 'http/127.0.0.2:81:'],
      ['blog', 'http/127.0.0.1:80:blog.test', 'http/::1:80:blog.test'],
    ]);
  });

  it('keeps the addresses of the file with --lan', () => {
    expect(narrow({ addresses: undefined, site: 'Shop' })).toEqual([
      ['shop', 'http/*:80:shop.test', 'http/10.0.0.7:80:shop.test', 'http/127.0.0.2:81:'],
    ]);
  });

  it('moves one site to another port', () => {
    expect(narrow({ site: 'blog', port: 3000 })).toEqual([
      ['blog', 'http/127.0.0.1:3000:blog.test', 'http/::1:3000:blog.test'],
    ]);
  });

  it('starts a site that the file leaves stopped: it was asked for', () => {
    const [first] = narrowSites(sites, { site: 'shop', port: undefined, addresses: undefined });
    expect(first?.serverAutoStart).toBe(true);
  });

  it.each([
    [{ site: 'shpo' }, /no site "shpo"/],
    [{ port: 3000 }, /--port needs one site, and the file has 2/],
  ])('%j is refused', (narrowing, message) => {
    expect(() => narrow(narrowing)).toThrow(message);
  });
});

describe('addresses of this machine', () => {
  const face = (address: string, internal: boolean) =>
    ({ address, internal, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as never;

  it.each([
    [{ lo: [face('127.0.0.1', true), face('::1', true)] }, ['127.0.0.1', '::1'], []],
    [
      { lo: [face('127.0.0.1', true)], eth0: [face('192.168.1.5', false), face('fe80::1', false)] },
      ['127.0.0.1'],
      ['192.168.1.5'],
    ],
    [{}, ['127.0.0.1'], []],
  ])('%j', (interfaces, loopback, lan) => {
    expect(loopbackAddresses(interfaces)).toEqual(loopback);
    expect(lanAddresses(interfaces)).toEqual(lan);
  });
});
