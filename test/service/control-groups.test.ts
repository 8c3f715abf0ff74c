import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { fixtureApp, isAlive, readStat, until, useHost } from '../harness/index.ts';

/** Where groups can be made: the unified hierarchy, or that of a machine with both versions. */
const hierarchy = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((folder) => {
  const probe = join(folder, `poolhouse-probe-${process.pid}`);
  try {
    mkdirSync(probe);
    const usable = readdirSync(probe).includes('cgroup.kill');
    rmdirSync(probe);
    return usable;
  } catch {
    return false;
  }
});

const members = (folder: string): number[] =>
  readFileSync(join(folder, 'cgroup.procs'), 'latin1').trim().split('\n').map(Number);

/** A group as `Delegate=yes` gives one, and the words that start a command in it. */
function delegatedGroup(): { readonly folder: string; readonly launcher: readonly string[] } {
  const folder = mkdtempSync(join(hierarchy!, 'poolhouse-test-'));
  onTestFinished(async () => {
    writeFileSync(join(folder, 'cgroup.kill'), '1');
    await until('the group to be gone', () => {
      for (const name of ['pools', 'supervisor', '.']) {
        try {
          rmdirSync(join(folder, name));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        }
      }
      return true;
    });
  });
  return { folder, launcher: ['/bin/sh', '-c', 'echo $$ >"$1"/cgroup.procs && shift && exec "$@"', 'sh', folder] };
}

describe.runIf(hierarchy !== undefined)('control groups (needs a writable cgroup v2 hierarchy)', () => {
  it('each process has one, which ends what escapes by session, parent and environment', async () => {
    const { folder, launcher } = delegatedGroup();
    const host = await useHost({
      launcher,
      sites: [{ applications: { '/': fixtureApp('out-of-process/escapes.mjs', { hostingModel: 'outofprocess' }) } }],
      expects: ['app.exited'],
    });
    expect(host.events.named('supervisor.control_groups')).toMatchObject([{ fields: { folder } }]);
    expect(members(join(folder, 'supervisor'))).toContain(host.supervisor.pid);

    const { pid, child } = (await host.get('/')).json<{ pid: number; child: number }>();
    const pool = join(folder, 'pools/test/0');
    const [own] = readdirSync(pool, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(new Set(members(join(pool, own!.name)))).toEqual(new Set([pid, child]));

    const escaped = readStat(child)!;
    process.kill(pid, 'SIGKILL');
    await until('the escaped process to end', () => !isAlive(escaped));
    await until('its group to be gone', () => !readdirSync(join(folder, 'pools')).includes('test'));

    const next = (await host.get('/')).json<{ child: number }>();
    const second = readStat(next.child)!;
    await host.recycle();
    await until('what the recycled process left to end', () => !isAlive(second));
    await host.stop();
    expect(
      readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name),
    ).toEqual(['supervisor']);
  });
});
