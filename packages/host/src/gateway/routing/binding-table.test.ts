import { describe, expect, it } from 'vitest';
import type { BindingPlan } from '@poolhouse/contract';
import { createBindingTable } from './binding-table.ts';

/** `http 192.0.2.10:80:www.example.com`, with `|` instead of `:` because of IPv6. */
function binding(text: string): BindingPlan {
  const [protocol, rest] = text.split(' ') as ['http' | 'https', string];
  const [address, port, host] = rest.split('|') as [string, string, string];
  return { protocol, address, port: Number(port), host };
}

function table(...bindings: string[]) {
  return createBindingTable(bindings.map((text) => [binding(text), text] as const));
}

describe('createBindingTable', () => {
  const all = [
    'http 192.0.2.10|80|www.example.com',
    'http *|80|www.example.com',
    'http 192.0.2.10|80|*.example.com',
    'http *|80|*.api.example.com',
    'http 192.0.2.10|80|',
    'http *|80|',
  ];

  it.each([
    ['exact address and host', '192.0.2.10', 'www.example.com', 'http 192.0.2.10|80|www.example.com'],
    ['exact host, any address', '192.0.2.11', 'www.example.com', 'http *|80|www.example.com'],
    [
      'wildcard of the address before a longer one of any',
      '192.0.2.10',
      'v1.api.example.com',
      'http 192.0.2.10|80|*.example.com',
    ],
    ['wildcard of any address', '192.0.2.11', 'v1.api.example.com', 'http *|80|*.api.example.com'],
    ['wildcard over several labels', '192.0.2.11', 'a.b.api.example.com', 'http *|80|*.api.example.com'],
    ['no wildcard for the bare parent', '192.0.2.11', 'api.example.com', 'http *|80|'],
    ['address only', '192.0.2.10', 'other.test', 'http 192.0.2.10|80|'],
    ['catch-all', '192.0.2.11', 'other.test', 'http *|80|'],
    ['no host at all', '192.0.2.11', '', 'http *|80|'],
    ['an address as host', '192.0.2.10', '192.0.2.10', 'http 192.0.2.10|80|'],
  ])('%s', (_, address, host, expected) => {
    expect(table(...all).find(address, 80, false, host)).toBe(expected);
  });

  it('prefers an exact host on any address to a specific address without host', () => {
    const sites = table('http 192.0.2.10|80|', 'http *|80|www.example.com');
    expect(sites.find('192.0.2.10', 80, false, 'www.example.com')).toBe('http *|80|www.example.com');
  });

  it('prefers the longest suffix', () => {
    const sites = table('http *|80|*.com', 'http *|80|*.example.com');
    expect(sites.find('192.0.2.1', 80, false, 'a.example.com')).toBe('http *|80|*.example.com');
    expect(sites.find('192.0.2.1', 80, false, 'example.com')).toBe('http *|80|*.com');
  });

  it('matches a literal address only where a binding names it', () => {
    const sites = table('http *|80|192.0.2.10', 'http *|80|[2001:db8::1]', 'http *|80|www.example.com');
    expect(sites.find('10.0.0.1', 80, false, '192.0.2.10')).toBe('http *|80|192.0.2.10');
    expect(sites.find('10.0.0.1', 80, false, '[2001:db8::1]')).toBe('http *|80|[2001:db8::1]');
    expect(sites.find('10.0.0.1', 80, false, '192.0.2.11')).toBeUndefined();
  });

  it('keeps ports and schemes apart', () => {
    const sites = table('http *|8080|', 'https *|8443|');
    expect(sites.find('::1', 8080, false, '')).toBe('http *|8080|');
    expect(sites.find('::1', 8080, true, '')).toBeUndefined();
    expect(sites.find('::1', 8443, true, '')).toBe('https *|8443|');
    expect(sites.find('::1', 80, false, '')).toBeUndefined();
  });

  it('compares IPv6 addresses by value and unmaps IPv4', () => {
    const sites = table('http 2001:DB8:0:0::1|80|', 'http 192.0.2.10|80|');
    expect(sites.find('2001:db8::1', 80, false, '')).toBe('http 2001:DB8:0:0::1|80|');
    expect(sites.find('::ffff:192.0.2.10', 80, false, '')).toBe('http 192.0.2.10|80|');
  });

  it('gives a binding that two sites have to the first', () => {
    const sites = createBindingTable([
      [binding('http *|80|a.test'), 'first'],
      [binding('http *|80|a.test'), 'second'],
    ]);
    expect(sites.find('192.0.2.1', 80, false, 'a.test')).toBe('first');
  });
});
