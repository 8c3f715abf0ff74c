import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sysusersLine } from './users.ts';

const sysusers = '/usr/bin/systemd-sysusers';
const canRun = process.getuid?.() === 0 && existsSync(sysusers);

describe('a user in the words of sysusers.d', () => {
  it.each([
    [
      '/var/lib/poolhouse/pools/ph-shop-1/profile',
      61_234,
      'u ph-a 61234:990 "Poolhouse" "/var/lib/poolhouse/pools/ph-shop-1/profile" /usr/sbin/nologin',
    ],
    ['/srv/a "b" 100%', undefined, String.raw`u ph-a -:990 "Poolhouse" "/srv/a \"b\" 100%%" /usr/sbin/nologin`],
  ])('with the home %s', (home, uid, line) => {
    expect(sysusersLine('ph-a', uid, 990, home)).toBe(line);
  });

  it.runIf(canRun)('is understood by the real one (needs root and systemd-sysusers)', () => {
    const root = mkdtempSync(join(tmpdir(), 'poolhouse-users-'));
    mkdirSync(join(root, 'etc'));
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\n');
    const home = String.raw`/srv/it's "b" 100% \x`;
    const lines = ['g ph-a 61234', sysusersLine('ph-a', 61_234, 61_234, home)];
    const { stderr } = spawnSync(sysusers, [`--root=${root}`, '--inline', ...lines], { encoding: 'utf8' });
    expect(readFileSync(join(root, 'etc/passwd'), 'utf8').trim().split('\n').at(-1), stderr).toBe(
      `ph-a:x:61234:61234:Poolhouse:${home}:/usr/sbin/nologin`,
    );
  });
});
