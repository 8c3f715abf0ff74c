import { describe, expect, it } from 'vitest';
import { UpstreamCounts } from './upstream-counts.ts';

describe('UpstreamCounts', () => {
  it('sums over gateways, and keeps what a gateway that is gone had served', () => {
    const counts = new UpstreamCounts();
    counts.add({ id: 7, application: 'shop/' });
    counts.update(1, { id: 7, active: 2, served: 10, idleMs: 0 }, 1000);
    counts.update(2, { id: 7, active: 1, served: 5, idleMs: 300 }, 1000);
    expect(counts.total(7)).toEqual({ active: 3, served: 15, lastActiveAt: 1000 });
    expect([counts.elsewhere(7, 1), counts.elsewhere(7, 2), counts.elsewhere(7, 3)]).toEqual([1, 2, 3]);
    expect(counts.forgetGateway(1)).toEqual([7]);
    expect(counts.total(7)).toEqual({ active: 1, served: 15, lastActiveAt: 700 });
    counts.forgetUpstream(7);
    expect(counts.total(7)).toEqual({ active: 0, served: 0, lastActiveAt: 0 });
  });

  it('counts nothing for an upstream that does not exist', () => {
    const counts = new UpstreamCounts();
    expect(counts.update(1, { id: 9, active: 1, served: 1, idleMs: 0 }, 0)).toBe(false);
    expect(counts.total(9).active).toBe(0);
    expect(counts.forgetGateway(1)).toEqual([]);
  });

  it('knows which upstreams a request can choose from', () => {
    const counts = new UpstreamCounts();
    counts.add({ id: 1, application: 'a' });
    counts.add({ id: 2, application: 'b' });
    expect(counts.chosenFrom).toEqual([]);
    counts.add({ id: 3, application: 'a' });
    expect(counts.chosenFrom).toEqual([1, 3]);
    expect([...counts.siblings(1)]).toEqual([1, 3]);
    counts.forgetUpstream(3);
    expect(counts.chosenFrom).toEqual([]);
    expect([...counts.siblings(3)]).toEqual([]);
  });
});
