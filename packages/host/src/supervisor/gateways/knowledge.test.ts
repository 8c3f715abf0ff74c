import type { SitePlan, Upstream } from '@poolhouse/contract';
import { expect, it } from 'vitest';
import { learn, type GatewayKnowledge } from './knowledge.ts';

const site = (id: number, name: string): SitePlan => ({
  ...{ id, name, bindings: [], connectionTimeoutMs: 120_000, maxConnections: 1, settings: [] },
  applications: [{ id: `${name}/`, path: '/', pool: 'p', virtualDirectories: [], scopes: [] }],
});
const upstream = (id: number): Upstream => ({
  ...{
    id,
    pool: 'p',
    application: 'shop/',
    slot: 0,
    kind: 'worker',
    protocol: 'http/1.1',
    token: 't',
    forwardPort: false,
  },
  address: { path: '/run/w.sock' },
});
const start: GatewayKnowledge = {
  number: 4,
  plan: { sites: [site(1, 'shop'), site(2, 'blog')], pools: [], limits: {} as never },
  poolStates: [],
  applicationStates: [{ id: 'blog/', state: 'starting' }],
  upstreams: [upstream(1)],
};

it('a new gateway is told of new addresses and not of those that go', () => {
  const after = learn(start, { add: [upstream(2)], retire: [1] });
  expect(after.number).toBe(5);
  expect(after.upstreams.map(({ id }) => id)).toEqual([2]);
});

it('an idle retire is not certain yet', () => {
  expect(learn(start, { retire: [1], onlyIfIdle: true }).upstreams).toHaveLength(1);
  expect(learn(start, { remove: [1] }).upstreams).toEqual([]);
});

it('sites are replaced whole, and what is known of applications that went with one is forgotten', () => {
  const after = learn(start, { sites: [site(2, 'news')], removedSites: [1] });
  expect(after.plan.sites.map(({ name }) => name)).toEqual(['news']);
  expect(after.applicationStates).toEqual([]);
});
