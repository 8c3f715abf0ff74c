import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ControlGroups, ownControlGroup } from './cgroups.ts';
import { processStat } from './proc.ts';

const mountInfo = (root: string, point: string, type = 'cgroup2'): string =>
  `29 23 0:26 ${root} ${point} rw,nosuid shared:4 - ${type} cgroup2 rw\n`;

describe('the control group of this process', () => {
  it.each([
    [
      'unified',
      '0::/system.slice/poolhouse.service\n',
      mountInfo('/', '/sys/fs/cgroup'),
      '/sys/fs/cgroup/system.slice/poolhouse.service',
    ],
    [
      'hybrid',
      '4:memory:/x\n0::/a\n',
      mountInfo('/', '/sys/fs/cgroup/memory', 'cgroup') + mountInfo('/', '/sys/fs/cgroup/unified'),
      '/sys/fs/cgroup/unified/a',
    ],
    ['of a container', '0::/\n', mountInfo('/', '/sys/fs/cgroup'), '/sys/fs/cgroup'],
    [
      'of a mount that shows a part',
      '0::/docker/1/own\n',
      mountInfo('/docker/1', '/sys/fs/cgroup'),
      '/sys/fs/cgroup/own',
    ],
    ['outside of that part', '0::/docker/12\n', mountInfo('/docker/1', '/sys/fs/cgroup'), undefined],
    ['above the namespace', '0::/../other\n', mountInfo('/', '/sys/fs/cgroup'), undefined],
    ['version 1 alone', '4:memory:/x\n', mountInfo('/', '/sys/fs/cgroup/memory', 'cgroup'), undefined],
    ['nothing to read', '', '', undefined],
  ])('%s', (_, membership, mounts, folder) => {
    expect(ownControlGroup(membership, mounts)).toBe(folder);
  });
});

/** A hierarchy that we may write to: as root on most machines, or a delegated group. */
const hierarchy = ownControlGroup() ?? '/nonexistent';
const canCreate = ((): boolean => {
  const probe = join(hierarchy, `poolhouse-probe-${process.pid}`);
  try {
    mkdirSync(probe);
    const usable = existsSync(join(probe, 'cgroup.kill'));
    rmdirSync(probe);
    return usable;
  } catch {
    return false;
  }
})();

/** A group with one process in it, which stands for the supervisor. */
async function delegated(): Promise<{ readonly folder: string; readonly pid: number }> {
  const folder = mkdtempSync(join(hierarchy, 'poolhouse-test-'));
  const child = spawn('/bin/sleep', ['1000']);
  await once(child, 'spawn');
  writeFileSync(join(folder, 'cgroup.procs'), String(child.pid));
  onTestFinished(async () => {
    writeFileSync(join(folder, 'cgroup.kill'), '1');
    await expect.poll(() => removed(folder)).toBe(true);
  });
  return { folder, pid: child.pid as number };
}

function removed(folder: string): boolean {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) removed(join(folder, entry.name));
    rmdirSync(folder);
  } catch {
    // The kernel has not let go of the last process.
  }
  return !existsSync(folder);
}

const members = (folder: string): string => readFileSync(join(folder, 'cgroup.procs'), 'latin1').trim();

describe.runIf(canCreate)('a delegated group (needs a writable cgroup v2 hierarchy)', () => {
  it('is divided: ourselves in a leaf, each process in one of its own', async () => {
    const { folder, pid } = await delegated();
    const groups = await ControlGroups.take(folder, pid);
    expect(groups?.folder).toBe(folder);
    expect(members(folder)).toBe('');
    expect(members(join(folder, 'supervisor'))).toBe(String(pid));
    groups?.create('Shop', 0, 1);
    groups?.create('../Läden.procs\n', 3, 2);
    expect(
      readdirSync(join(folder, 'pools'), { recursive: true, withFileTypes: true })
        .filter((each) => each.isDirectory())
        .map((each) => join(each.parentPath, each.name).slice(folder.length))
        .sort(),
    ).toEqual([
      '/pools/%2e%2e%2fläden%2eprocs%0a',
      '/pools/%2e%2e%2fläden%2eprocs%0a/3',
      '/pools/%2e%2e%2fläden%2eprocs%0a/3/2',
      '/pools/shop',
      '/pools/shop/0',
      '/pools/shop/0/1',
    ]);
  });

  it('ends what left its session, parent and environment behind, and removes itself', async () => {
    const { folder, pid } = await delegated();
    const groups = await ControlGroups.take(folder, pid);
    const group = groups?.create('shop', 0, 1);
    const script = `require('child_process').spawn('/bin/sleep', ['1000'], { detached: true, stdio: 'ignore', env: {} }).unref()`;
    const child = spawn('/bin/sh', ['-c', 'read go; "$@"', 'sh', process.execPath, '-e', script], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    group?.join(child.pid as number);
    child.stdin.end('go\n');
    await once(child, 'exit');
    const escaped = Number(members(join(folder, 'pools/shop/0/1')));
    expect(processStat(escaped)?.parent).not.toBe(child.pid);
    group?.kill();
    group?.remove();
    await expect.poll(() => existsSync(join(folder, 'pools/shop'))).toBe(false);
    expect(processStat(escaped)?.state ?? 'Z').toBe('Z');
  });

  it('is cleaned of what an earlier supervisor left', async () => {
    const { folder, pid } = await delegated();
    const left = spawn('/bin/sleep', ['1000']);
    await once(left, 'spawn');
    mkdirSync(join(folder, 'pools/shop/0/9'), { recursive: true });
    writeFileSync(join(folder, 'pools/shop/0/9/cgroup.procs'), String(left.pid));
    const exit = once(left, 'exit');
    await ControlGroups.take(folder, pid);
    expect(await exit).toEqual([null, 'SIGKILL']);
    expect(existsSync(join(folder, 'pools/shop'))).toBe(false);
  });

  it('is not taken from others: a process beside us, another supervisor, the root', async () => {
    const { folder, pid } = await delegated();
    expect(await ControlGroups.take(folder, pid + 1)).toBeUndefined();
    await ControlGroups.take(folder, pid);
    expect(await ControlGroups.take(folder, pid + 1)).toBeUndefined();
    expect(await ControlGroups.take(hierarchy, process.pid)).toBeUndefined();
  });

  it('may begin in the leaf, as with DelegateSubgroup=supervisor', async () => {
    const { folder, pid } = await delegated();
    mkdirSync(join(folder, 'supervisor'));
    writeFileSync(join(folder, 'supervisor/cgroup.procs'), String(pid));
    expect((await ControlGroups.take(join(folder, 'supervisor'), pid))?.folder).toBe(folder);
  });
});

describe('without control groups', () => {
  it.each([
    ['no hierarchy', undefined],
    ['a folder that is none', mkdtempSync(join(tmpdir(), 'poolhouse-no-cgroup-'))],
    ['a folder that is gone', '/nonexistent/group'],
  ])('%s: nothing is made', async (_, folder) => {
    expect(await ControlGroups.take(folder, process.pid)).toBeUndefined();
    if (folder !== undefined && existsSync(folder)) expect(readdirSync(folder)).toEqual([]);
  });
});
