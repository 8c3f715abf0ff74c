import { expect, it } from 'vitest';
import { poolUser } from './pool-user.ts';

it.each([
  ['shop', /^ph-shop-[0-9a-f]{8}$/],
  ['My Shop (EU)', /^ph-my-shop-eu-[0-9a-f]{8}$/],
  ['a very long name of an application pool', /^ph-a-very-long-name-[0-9a-f]{8}$/],
  ['магазин', /^ph-[0-9a-f]{8}$/],
])('%s has a user of its own', (name, user) => {
  const { name: userName, preferredId } = poolUser(name);
  expect(userName).toMatch(user);
  expect(userName.length).toBeLessThanOrEqual(28);
  expect(preferredId).toBeGreaterThanOrEqual(70_000);
  expect(preferredId).toBeLessThan(98_000);
});

it('is the same for every spelling of a name, and another for another name', () => {
  expect(poolUser('SHOP')).toEqual(poolUser('shop'));
  expect(poolUser('shop').name).not.toBe(poolUser('shop2').name);
});
