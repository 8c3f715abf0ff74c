import { connectionsOf, type SharedLimit } from '@poolhouse/contract';
import { describe, expect, it } from 'vitest';
import { LeasedLimits } from '../control/leased-limits.ts';
import { ConnectionLimits, TrustedProxies } from './connection-limits.ts';

function begin(maximum = 10_000) {
  const asked: SharedLimit[] = [];
  const reached: string[] = [];
  const leased = new LeasedLimits({ now: 0 }, { ask: (limit) => asked.push(limit), giveBack: () => {} });
  const limits = new ConnectionLimits(maximum, leased, (limit) => reached.push(limit));
  return { limits, leased, asked, reached };
}

/** A connection that remembers what it was told. */
class Entrant {
  readonly answers: boolean[] = [];

  siteAnswered(entered: boolean): void {
    this.answers.push(entered);
  }
}

describe('ConnectionLimits', () => {
  it('bounds all connections', () => {
    const { limits, reached } = begin(2);
    expect([limits.enter('a', true), limits.enter('b', true), limits.enter('c', true)]).toEqual([true, true, false]);
    limits.leave('a');
    expect(limits.enter('c', true)).toBe(true);
    expect(reached).toEqual(['connections']);
  });

  it('bounds those of one address, unless it is trusted or local', () => {
    const { limits, reached } = begin();
    for (let count = 0; count < 1_000; count++) expect(limits.enter('a', false)).toBe(true);
    expect(limits.enter('a', false)).toBe(false);
    expect(limits.enter('a', true)).toBe(true);
    expect(limits.enter('b', false)).toBe(true);
    expect(reached).toEqual(['connections of one address']);
  });

  it('bounds half-received requests', () => {
    const { limits, reached } = begin();
    for (let count = 0; count < 4_096; count++) expect(limits.beginHead()).toBe(true);
    expect(limits.beginHead()).toBe(false);
    limits.endHead();
    expect(limits.beginHead()).toBe(true);
    expect(reached).toEqual(['half-received requests']);
  });

  it('bounds those of a site by the places that the gateway holds', () => {
    const { limits, leased, asked } = begin();
    leased.set(new Map([[connectionsOf(1), 3]]));
    leased.add({ [connectionsOf(1)]: 1 });
    const [first, second, third, fourth] = [new Entrant(), new Entrant(), new Entrant(), new Entrant()];
    expect(limits.enterSite(1, first)).toBe('taken');
    expect(limits.enterSite(1, second)).toBe('asked');
    expect(limits.enterSite(1, third)).toBe('asked');
    expect(limits.enterSite(1, fourth)).toBe('asked');
    expect(asked).toEqual([connectionsOf(1)]);
    limits.abandonSite(1, fourth);
    // One more: the rest of those who wait make it ask again, and hear of nothing left.
    leased.answered(connectionsOf(1), 1);
    expect([second.answers, third.answers]).toEqual([[true], []]);
    leased.answered(connectionsOf(1), 0);
    expect([third.answers, fourth.answers]).toEqual([[false], []]);
    expect(limits.enterSite(1, third)).toBe('refused');
    limits.leaveSite(1);
    expect(limits.enterSite(1, third)).toBe('taken');
  });

  it('counts the connections of a site without a limit, for the day it gets one', () => {
    const { limits, leased } = begin();
    leased.set(new Map([[connectionsOf(1), Infinity]]));
    for (let count = 0; count < 5; count++) expect(limits.enterSite(1, new Entrant())).toBe('taken');
    leased.add({ [connectionsOf(1)]: 5 });
    leased.set(new Map([[connectionsOf(1), 5]]));
    expect(limits.enterSite(1, new Entrant())).toBe('refused');
    limits.leaveSite(1);
    expect(limits.enterSite(1, new Entrant())).toBe('taken');
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
