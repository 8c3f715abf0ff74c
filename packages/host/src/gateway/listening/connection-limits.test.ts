import type { SitePlan } from '@poolhouse/contract';
import { describe, expect, it } from 'vitest';
import { ConnectionLimits, TrustedProxies } from './connection-limits.ts';

describe('ConnectionLimits', () => {
  it('bounds all connections', () => {
    const limits = new ConnectionLimits(2);
    expect([limits.enter('a', true), limits.enter('b', true), limits.enter('c', true)]).toEqual([true, true, false]);
    limits.leave('a');
    expect(limits.enter('c', true)).toBe(true);
  });

  it('bounds those of one address, unless it is trusted or local', () => {
    const limits = new ConnectionLimits(10_000);
    for (let count = 0; count < 1_000; count++) expect(limits.enter('a', false)).toBe(true);
    expect(limits.enter('a', false)).toBe(false);
    expect(limits.enter('a', true)).toBe(true);
    expect(limits.enter('b', false)).toBe(true);
  });

  it('bounds those of a site, shared between gateways', () => {
    const limits = new ConnectionLimits(10);
    const site = { id: 1, maxConnections: 5 } as SitePlan;
    limits.gateways = 2;
    expect([limits.enterSite(site), limits.enterSite(site), limits.enterSite(site)]).toEqual([true, true, false]);
    limits.leaveSite(1);
    expect(limits.enterSite(site)).toBe(true);
  });
});

describe('TrustedProxies', () => {
  it.each([
    [[], '127.0.0.1', false],
    [['10.0.0.0/8'], '10.1.2.3', true],
    [['10.0.0.0/8'], '11.1.2.3', false],
    [['2001:db8::/32'], '2001:db8::1', true],
    [['192.0.2.1'], '192.0.2.1', true],
    [['unix'], 'unix', true],
    [['192.0.2.1'], 'unix', false],
  ])('%j trusts %s: %s', (entries, address, expected) => {
    expect(new TrustedProxies(entries).has(address)).toBe(expected);
  });
});
