import type { Plan, PoolPlan, SitePlan } from '@poolhouse/contract';
import { describe, expect, it } from 'vitest';
import { PlanStore } from './plan-store.ts';

const site = (id: number, name = `site${id}`): SitePlan => ({
  id,
  name,
  bindings: [{ protocol: 'http', address: '*', port: 80, host: '' }],
  connectionTimeoutMs: 1,
  maxConnections: 1,
  applications: [],
  settings: [{ deep: { value: 1 } }],
});
const pool = (name: string, queueLength = 1): PoolPlan => ({
  name,
  queueLength,
  concurrentRequestLimit: 1,
  requestsThreshold: 0,
  refuseWith: 'HttpLevel',
});

describe('PlanStore', () => {
  it('replaces and removes fragments by id and name; the others stay the same objects', () => {
    const store = new PlanStore();
    store.replace({ sites: [site(1), site(2)], pools: [pool('a'), pool('b')], limits: store.plan.limits }, 5);
    const { sites } = store.plan;
    store.apply({ sites: [site(2, 'new'), site(3)], removedPools: ['a'], pools: [pool('b', 9), pool('c')] }, 6);
    expect(store.number).toBe(6);
    expect(store.plan.sites.map(({ name }) => name)).toEqual(['site1', 'new', 'site3']);
    expect(store.plan.sites[0]).toBe(sites[0]);
    expect(store.plan.pools.map(({ name, queueLength }) => `${name} ${queueLength}`)).toEqual(['b 9', 'c 1']);
    store.apply({ removedSites: [1, 2] }, 7);
    expect(store.plan.sites.map(({ id }) => id)).toEqual([3]);
  });

  it('freezes what it holds', () => {
    const store = new PlanStore();
    store.replace({ sites: [site(1)], pools: [], limits: store.plan.limits }, 0);
    const held = store.plan as { -readonly [Key in keyof Plan]: Plan[Key] };
    expect(() => (held.sites = [])).toThrow(TypeError);
    expect(() => Object.assign(held.sites[0] as SitePlan, { name: 'x' })).toThrow(TypeError);
    const settings = (held.sites[0] as SitePlan).settings[0] as { deep: object };
    expect(() => Object.assign(settings.deep, { value: 2 })).toThrow(TypeError);
  });
});
