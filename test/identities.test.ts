import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { fixture, fixtureApp, sharedHost, useHost, type HostingModel, type TestHost } from './harness/index.ts';

const isRoot = process.getuid?.() === 0;
const models = ['inprocess', 'outofprocess'] as const satisfies readonly HostingModel[];

/** Whether another user can reach a path: every folder above it may be passed by others. */
function isOpenToOthers(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === '/') return true;
  }
}

interface Ids {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

const usersOf = (file: string): Map<string, number> =>
  new Map(
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name = '', , id]) => [name, Number(id)]),
  );

const idsOf = async (host: TestHost, site: string): Promise<Ids> => (await host.get('/ids', { site })).json<Ids>();

function statusField(pid: number, name: string): string {
  const line = readFileSync(`/proc/${pid}/status`, 'latin1')
    .split('\n')
    .find((each) => each.startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim() ?? '';
}

// Skipped without root, and in a checkout that only its owner can reach: pools could not run in it.
describe.skipIf(!isRoot || !isOpenToOthers(fixture('common/reads-file.mjs')))('one user per pool', () => {
  let before: { readonly users: Map<string, number>; readonly groups: Map<string, number> };
  beforeAll(() => {
    before = { users: usersOf('/etc/passwd'), groups: usersOf('/etc/group') };
  });
  // What this test made on the machine goes; what was there before stays.
  afterAll(() => {
    for (const name of usersOf('/etc/passwd').keys()) if (!before.users.has(name)) execFileSync('userdel', [name]);
    for (const name of usersOf('/etc/group').keys()) if (!before.groups.has(name)) spawnSync('groupdel', [name]);
  });

  const pools = models.map((name) => ({ name }));
  const host = sharedHost({
    separateUsers: true,
    pools: [...pools, { name: 'alone', processModel: { manualGroupMembership: true } }],
    sites: [
      ...models.map((name) => ({
        name,
        applications: { '/': fixtureApp('common/reads-file.mjs', { hostingModel: name }, { pool: name }) },
      })),
      { name: 'alone', applications: { '/': fixtureApp('common/reads-file.mjs', {}, { pool: 'alone' }) } },
      { name: 'files', applications: { '/': { files: { 'index.html': 'files' } } } },
    ],
  });

  it.each(models)('P-92 %s runs as a user named after its pool', async (pool) => {
    const { uid, gid } = await idsOf(host.current, pool);
    const [name] = [...usersOf('/etc/passwd')].find(([, id]) => id === uid) ?? [];
    expect(name).toMatch(new RegExp(`^ph-${pool}-[0-9a-f]{8}$`));
    expect(usersOf('/etc/group').get(name as string)).toBe(gid);
    expect((await host.current.running(pool))[0]?.user).toBe(name);
  });

  it.each(models)('P-95 %s has no way to gain rights, and exactly its groups', async (pool) => {
    const { pid, gid } = await idsOf(host.current, pool);
    expect(statusField(pid, 'NoNewPrivs')).toBe('1');
    for (const set of ['CapEff', 'CapPrm', 'CapInh', 'CapBnd', 'CapAmb']) expect(statusField(pid, set)).toMatch(/^0+$/);
    const groups = statusField(pid, 'Groups').split(' ').map(Number);
    const all = usersOf('/etc/group').get('poolhouse-users') as number;
    expect(groups.filter((group) => group !== gid)).toEqual([all]);
  });

  it('P-96 manualGroupMembership leaves the common group out', async () => {
    const { groups, gid } = await idsOf(host.current, 'alone');
    expect(groups.filter((group) => group !== gid)).toEqual([]);
  });

  it('the gateway runs as a user of its own, the supervisor as root', () => {
    const { gateway, supervisor } = host.current.pids();
    expect(statusField(gateway[0] as number, 'Uid').split(/\s+/)[0]).toBe(
      String(usersOf('/etc/passwd').get('poolhouse-gateway')),
    );
    expect(statusField(gateway[0] as number, 'CapEff')).toMatch(/^0+$/);
    expect(statusField(supervisor[0] as number, 'Uid').split(/\s+/)[0]).toBe('0');
  });

  it.each(models)('P-94 %s cannot read what belongs to the host or to another pool', async (pool) => {
    const current = host.current;
    const other = await idsOf(current, pool === 'inprocess' ? 'outofprocess' : 'inprocess');
    const home = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((line) => line.split(':')[2] === String(other.uid))
      ?.split(':')[5] as string;
    const opens = async (path: string): Promise<string> =>
      (await current.get(`/?path=${encodeURIComponent(path)}`, { site: pool })).text();
    expect(await opens(home)).toBe('EACCES');
    expect(await opens(current.socketPath)).not.toBe('opened');
    expect(await opens(`/proc/${other.pid}/environ`)).not.toBe('opened');
    expect(await opens('/etc/shadow')).toBe('EACCES');
  });

  it('files are served, and a worker is recycled, as without root', async () => {
    expect((await host.current.get('/index.html', { site: 'files' })).text()).toBe('files');
    const { pid, uid } = await idsOf(host.current, 'inprocess');
    await host.current.recycle('inprocess');
    const after = await idsOf(host.current, 'inprocess');
    expect(after.pid).not.toBe(pid);
    expect(after.uid).toBe(uid);
  });

  it('SpecificUser is that user', async () => {
    const specific = await useHost({
      separateUsers: true,
      pools: [{ name: 'test', processModel: { identityType: 'SpecificUser', userName: 'nobody', password: '' } }],
      sites: [{ applications: { '/': fixtureApp('common/reads-file.mjs') } }],
      expects: ['config.warning'],
    });
    expect((await idsOf(specific, 'site')).uid).toBe(usersOf('/etc/passwd').get('nobody'));
  });

  it.each([
    ['does not exist', 'no-such-user-here'],
    ['is root', 'root'],
  ])('P-39 SpecificUser that %s: the pool is disabled, with an event and no process', async (_, userName) => {
    const disabled = await useHost({
      separateUsers: true,
      pools: [{ name: 'test', processModel: { identityType: 'SpecificUser', userName } }],
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs') } }],
      expects: ['pool.identity.invalid', 'pool.disabled.identity', 'config.warning'],
    });
    await disabled.events.waitFor('pool.disabled.identity', { winId: 5057 });
    expect((await disabled.get('/')).status).toBe(503);
    expect(disabled.pids().app).toEqual([]);
  });
});

describe('everything as one user', () => {
  it('P-97 a pool of somebody else does not start, and says why', async () => {
    const host = await useHost({
      pools: [{ name: 'test', processModel: { identityType: 'SpecificUser', userName: 'nobody' } }],
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs') } }],
      expects: ['pool.identity.invalid', 'pool.disabled.identity', 'config.warning'],
    });
    const event = await host.events.waitFor('pool.identity.invalid', { winId: 5021 });
    expect(event.message).toContain('nobody');
    expect((await host.get('/')).status).toBe(503);
    expect(host.pids().app).toEqual([]);
  });

  it('is said once', async () => {
    const host = await useHost({ sites: [{ applications: { '/': {} } }] });
    await host.events.waitFor('identity.unavailable');
    expect(host.events.named('identity.unavailable')).toHaveLength(1);
  });
});
