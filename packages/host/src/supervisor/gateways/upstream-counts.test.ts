import { expect, it } from 'vitest';
import { UpstreamCounts } from './upstream-counts.ts';

it('sums over gateways, and keeps what a gateway that is gone had served', () => {
  const counts = new UpstreamCounts();
  counts.update(1, { id: 7, active: 2, served: 10, idleMs: 0 }, 1000);
  counts.update(2, { id: 7, active: 1, served: 5, idleMs: 300 }, 1000);
  expect(counts.total(7)).toEqual({ active: 3, served: 15, lastActiveAt: 1000 });
  expect(counts.forgetGateway(1)).toEqual([7]);
  expect(counts.total(7)).toEqual({ active: 1, served: 15, lastActiveAt: 700 });
  counts.forgetUpstream(7);
  expect(counts.total(7)).toEqual({ active: 0, served: 0, lastActiveAt: 0 });
});
