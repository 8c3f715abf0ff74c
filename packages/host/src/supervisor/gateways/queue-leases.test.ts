import fc from 'fast-check';
import { expect, it } from 'vitest';
import { QueueLeases } from './queue-leases.ts';

it('lends what the shares leave over, and takes it back', () => {
  const leases = new QueueLeases();
  expect(leases.change('shop', 1, 64, 11, 3)).toBe(2);
  expect(leases.change('shop', 2, 64, 11, 3)).toBe(0);
  leases.change('shop', 1, -2, 11, 3);
  expect(leases.change('shop', 2, 1, 11, 3)).toBe(1);
  leases.forget(2);
  expect(leases.change('shop', 3, 64, 11, 3)).toBe(2);
});

it('never lets more requests wait than queueLength', () => {
  const change = fc.record({ gateway: fc.integer({ min: 1, max: 4 }), wanted: fc.integer({ min: -100, max: 100 }) });
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 500 }),
      fc.integer({ min: 1, max: 4 }),
      fc.array(change),
      (queueLength, gateways, changes) => {
        const leases = new QueueLeases();
        const held = new Map<number, number>();
        for (const { gateway, wanted } of changes) {
          const before = held.get(gateway) ?? 0;
          const granted = leases.change('shop', gateway, wanted, queueLength, gateways);
          held.set(gateway, Math.max(0, before + (wanted > 0 ? granted : wanted)));
          const lent = [...held.values()].reduce((sum, each) => sum + each, 0);
          expect(lent + Math.floor(queueLength / gateways) * gateways).toBeLessThanOrEqual(queueLength);
        }
      },
    ),
  );
});
