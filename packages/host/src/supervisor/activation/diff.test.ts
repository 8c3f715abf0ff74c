import { describe, expect, it } from 'vitest';
import { compareRevisions, type RevisionChange } from './diff.ts';
import { testRevision, type RevisionSketch } from './testing/revision.ts';

const change = (before: RevisionSketch, after: RevisionSketch): RevisionChange =>
  compareRevisions(testRevision(before), testRevision(after));
const names = (pools: readonly { readonly name: string }[]): string[] => pools.map(({ name }) => name);

describe('compareRevisions', () => {
  it('finds nothing between equal revisions, wherever their lines moved to', () => {
    const sketch: RevisionSketch = {
      pools: [{ name: 'a' }],
      sites: [{ id: 1, name: 's', applications: [{ path: '/', pool: 'a' }] }],
    };
    expect(change({ ...sketch, line: 1 }, { ...sketch, line: 7 })).toEqual({
      pools: { added: [], removed: [], changed: [] },
      applications: { added: [], removed: [], changed: [] },
      bindings: { opened: [], closed: [] },
      plan: { sites: [], removedSites: [], pools: [], removedPools: [] },
    });
  });

  it('finds pools that came and went', () => {
    const { pools, plan } = change(
      { pools: [{ name: 'a' }, { name: 'b' }] },
      { pools: [{ name: 'b' }, { name: 'c' }] },
    );
    expect([names(pools.added), names(pools.removed)]).toEqual([['c'], ['a']]);
    expect([names(plan.pools), plan.removedPools]).toEqual([['c'], ['a']]);
  });

  it.each<[NonNullable<RevisionSketch['pools']>[number], 'live' | 'recycle']>([
    [{ name: 'a', queueLength: 10 }, 'live'],
    [{ name: 'a', autoStart: false }, 'live'],
    [{ name: 'a', startMode: 'AlwaysRunning' }, 'live'],
    [{ name: 'a', processModel: { idleTimeoutMs: 60_000 } }, 'live'],
    [{ name: 'a', processModel: { pingIntervalMs: 1 } }, 'live'],
    [{ name: 'a', processModel: { shutdownTimeLimitMs: 1 } }, 'live'],
    [{ name: 'a', processModel: { startupTimeLimitMs: 1 } }, 'live'],
    [{ name: 'a', recycling: { disallowOverlappingRotation: true } }, 'live'],
    [{ name: 'a', failure: { rapidFailProtection: false } }, 'live'],
    [{ name: 'a', processModel: { identityType: 'NetworkService' } }, 'recycle'],
    [{ name: 'a', processModel: { userName: 'x' } }, 'recycle'],
    [{ name: 'a', processModel: { loadUserProfile: false } }, 'recycle'],
    [{ name: 'a', processModel: { maxProcesses: 2 } }, 'recycle'],
    [{ name: 'a', environmentVariables: [['X', '1']] }, 'recycle'],
  ])('pool settings %j act %s', (pool, action) => {
    const { pools } = change({ pools: [{ name: 'a' }, { name: 'other' }] }, { pools: [pool, { name: 'other' }] });
    expect(pools.changed.map((one) => [one.after.name, one.action])).toEqual([['a', action]]);
  });

  it('C-89 a pool that forbids rotation on changes keeps its processes', () => {
    const recycling = { disallowRotationOnConfigChange: true };
    const { pools } = change(
      { pools: [{ name: 'a', recycling }] },
      { pools: [{ name: 'a', recycling, processModel: { maxProcesses: 2 } }] },
    );
    expect(pools.changed[0]?.action).toBe('live');
  });

  describe('applications', () => {
    const hosting = { processPath: 'node' };
    const sketch = (
      applications: NonNullable<NonNullable<RevisionSketch['sites']>[number]['applications']>,
    ): RevisionSketch => ({
      pools: [{ name: 'p' }, { name: 'q' }],
      sites: [{ id: 1, name: 's', applications }],
    });
    const actions = (before: RevisionSketch, after: RevisionSketch): unknown[] =>
      change(before, after).applications.changed.map(({ after: one, action }) => [one.id, action]);

    it('come and go', () => {
      const { applications } = change(sketch([{ path: '/', pool: 'p' }]), sketch([{ path: '/api', pool: 'p' }]));
      expect(applications.added.map(({ id }) => id)).toEqual(['s/api']);
      expect(applications.removed.map(({ id }) => id)).toEqual(['s/']);
    });

    it.each<[string, object, string]>([
      ['another pool', { pool: 'q' }, 'move'],
      ['another folder', { physicalPath: '/new' }, 'move'],
      ['another program', { hosting: { processPath: 'python3' } }, 'restart'],
      ['other variables', { hosting: { ...hosting, environmentVariables: [['A', '1']] } }, 'restart'],
      ['other sign-in', { authenticationSchemes: ['windows', 'anonymous'] }, 'restart'],
      ['preload', { preloadEnabled: true }, 'live'],
    ])('with %s', (_, difference, action) => {
      const before = { path: '/', pool: 'p', hosting };
      expect(actions(sketch([before]), sketch([{ ...before, ...difference }]))).toEqual([['s/', action]]);
    });

    const tree = sketch([
      { path: '/', pool: 'p', hosting },
      { path: '/api', pool: 'p', hosting },
      { path: '/apis', pool: 'p', hosting },
      { path: '/files', pool: 'p' },
    ]);
    const file = (level: string, stamp: string | undefined, role: 'content' | 'server' | 'include' = 'content') => ({
      path: `/${level}/web.config`,
      ...{ role, level, stamp },
    });

    it.each([
      ['C-90 its web.config is touched', [file('s/api', '1')], [file('s/api', '2')], ['s/api']],
      ['its web.config appears', [file('S/API', undefined)], [file('S/API', '1')], ['s/api']],
      ['its web.config goes', [file('s/api', '1')], [], ['s/api']],
      ["its parent's web.config is touched", [file('s', '1')], [file('s', '2')], ['s/', 's/api', 's/apis']],
      ['an included file is touched', [file('s/api', '1', 'include')], [file('s/api', '2', 'include')], ['s/api']],
      ['a virtual directory below is touched', [file('s/api/v', '1')], [file('s/api/v', '2')], []],
      ["the server's file is touched", [file('', '1', 'server')], [file('', '2', 'server')], []],
      ['nothing is written', [file('s', '1')], [file('s', '1')], []],
    ])('restart when %s', (_, before, after, expected) => {
      const found = actions({ ...tree, files: before }, { ...tree, files: after });
      expect(found).toEqual(expected.map((id) => [id, 'restart']));
    });

    it('do not restart into a broken configuration, or against their own wish', () => {
      const touch = { files: [file('s/api', '2')] };
      expect(actions({ ...tree, files: [file('s/api', '1')] }, { ...tree, ...touch, degraded: ['s/api'] })).toEqual([]);
      const wish = sketch([
        {
          path: '/api',
          pool: 'p',
          hosting: { ...hosting, handlerSettings: { disallowrotationonconfigchange: 'TRUE' } },
        },
      ]);
      expect(actions({ ...wish, files: [file('s/api', '1')] }, { ...wish, ...touch })).toEqual([]);
    });

    it('go offline and come back', () => {
      const [before] = [{ path: '/', pool: 'p', hosting }];
      const { applications } = change(sketch([before]), sketch([{ ...before, offlinePage: '/app/app_offline.htm' }]));
      expect(applications.changed).toMatchObject([{ action: 'live', offlinePageChanged: true }]);
    });
  });

  it('finds sites, their fragments and their addresses', () => {
    const binding = (port: number, host = '') => ({ port, host });
    const { bindings, plan } = change(
      {
        sites: [
          { id: 1, name: 'a', bindings: [binding(80)] },
          { id: 2, name: 'b', bindings: [binding(81)] },
          { id: 3, name: 'c', bindings: [binding(80, 'c')] },
        ],
      },
      {
        sites: [
          { id: 1, name: 'a', bindings: [binding(80)] },
          { id: 3, name: 'c', bindings: [binding(80, 'cc')] },
          { id: 4, name: 'd', bindings: [binding(82)] },
        ],
      },
    );
    expect(bindings.opened.map(({ port }) => port)).toEqual([82]);
    expect(bindings.closed.map(({ port }) => port)).toEqual([81]);
    expect([plan.sites.map(({ id }) => id), plan.removedSites]).toEqual([[3, 4], [2]]);
  });

  it('opens nothing for a site that is not started', () => {
    const site = { id: 1, name: 'a', bindings: [{ port: 80, host: '' }] };
    expect(change({ sites: [] }, { sites: [{ ...site, serverAutoStart: false }] }).bindings.opened).toEqual([]);
  });

  it('tells changed limits', () => {
    expect(change({}, { headerWaitMs: 5 }).plan.limits?.headerWaitMs).toBe(5);
  });
});
