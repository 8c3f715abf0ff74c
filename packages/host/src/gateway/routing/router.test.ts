import { describe, expect, it } from 'vitest';
import type { ApplicationPlan, Plan, SitePlan } from '@poolhouse/contract';
import { createRouter } from './router.ts';
import type { RouteInput } from './router.ts';

const limits: Plan['limits'] = {
  maxRequestBytes: 16_384,
  maxFieldBytes: 16_384,
  maxFields: 100,
  urlSegmentMaxCount: 255,
  urlSegmentMaxLength: 260,
  headerWaitMs: 15_000,
  minBytesPerSecond: 240,
};

function application(site: string, path: string, ...scopes: string[]): ApplicationPlan {
  return {
    id: site + path,
    path,
    pool: 'DefaultAppPool',
    virtualDirectories: [{ path: '/', physicalPath: '/srv/www' }],
    scopes: [...scopes, path].map((scope) => ({ path: scope, modules: [] })),
  };
}

function site(id: number, host: string, ...applications: ApplicationPlan[]): SitePlan {
  return {
    id,
    name: `site${id}`,
    bindings: [{ protocol: 'http', address: '*', port: 80, host }],
    connectionTimeoutMs: 120_000,
    maxConnections: 4_294_967_295,
    applications,
    settings: [],
  };
}

const plan = (...sites: SitePlan[]): Plan => ({ sites, pools: [], limits });
const input = (target: string, host = 'a.test'): RouteInput => ({
  localAddress: '127.0.0.1',
  localPort: 80,
  secure: false,
  host,
  target,
});

describe('createRouter', () => {
  const router = createRouter(
    plan(
      site(1, 'a.test', application('a', '/', '/images/logo.png', '/images'), application('a', '/Shop', '/shop/cart')),
    ),
  );

  it.each([
    ['H-111', '/shop/x', 'a/Shop', '/Shop'],
    ['H-111', '/shopping', 'a/', '/'],
    ['H-111', '/shop', 'a/Shop', '/Shop'],
    ['', '/Shop/Cart/1', 'a/Shop', '/shop/cart'],
    ['', '/images/logo.png', 'a/', '/images/logo.png'],
    ['', '/IMAGES/other.png', 'a/', '/images'],
    ['H-106', '/images%2fx', 'a/', '/images'],
    ['H-110', '//shop//x', 'a/Shop', '/Shop'],
    ['', '/shop/../images', 'a/', '/images'],
  ])('%s leads %s to %s and its scope %s', (_, target, id, scope) => {
    const route = router.route(input(target));
    expect(route).toMatchObject({ application: { id }, scope: { path: scope }, site: { id: 1 } });
  });

  it('hands over path, query and what was seen in them', () => {
    expect(router.route(input('/a%2fb?q=1'))).toMatchObject({
      cookedPath: '/a/b',
      forwardPath: '/a%2fb',
      query: '?q=1',
      encodedSeparator: true,
    });
  });

  it('refuses a host without binding, a bad target and a site without application', () => {
    expect(router.route(input('/', 'b.test'))).toEqual({
      failure: 'Hostname',
      status: 400,
      heading: 'Bad Request - Invalid Hostname',
    });
    expect(router.route(input('/../x'))).toEqual({ failure: 'URL', status: 400, heading: 'Bad Request - Invalid URL' });
    expect(createRouter(plan(site(1, 'a.test'))).route(input('/'))).toMatchObject({ failure: 'NotFound', status: 404 });
  });

  it('follows a new plan and keeps what did not change', () => {
    const first = site(1, 'a.test', application('a', '/'));
    const before = createRouter(plan(first, site(2, 'b.test', application('b', '/'))));
    const after = createRouter(plan(first, site(2, 'c.test', application('b', '/'))), before);
    expect(after.route(input('/', 'a.test'))).toMatchObject({ site: { id: 1 } });
    expect(after.route(input('/', 'b.test'))).toMatchObject({ failure: 'Hostname' });
    expect(after.route(input('/', 'c.test'))).toMatchObject({ site: { id: 2 } });
  });

  it('routes among ten thousand sites', () => {
    const sites = Array.from({ length: 10_000 }, (_, id) => site(id, `s${id}.test`, application(`s${id}`, '/')));
    expect(createRouter(plan(...sites)).route(input('/x', 's9999.test'))).toMatchObject({ site: { id: 9_999 } });
  });
});
