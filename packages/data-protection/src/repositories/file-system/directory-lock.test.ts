import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockName, withDirectoryLock } from './directory-lock.ts';
import { hasEnded, parseHolder, thisProcess } from './lock-holder.ts';

const forEver = { stale: 3_600_000, patience: 3_600_000, pause: 2 };

describe('withDirectoryLock', () => {
  let directory: string;
  let lock: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'lock-'));
    lock = join(directory, lockName);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('lets one in at a time, and leaves nothing behind', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => withDirectoryLock(directory, work, forEver)));
    expect(most).toBe(1);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is released when the work fails', async () => {
    const failing = withDirectoryLock(directory, () => Promise.reject(new Error('no')), forEver);
    await expect(failing).rejects.toThrow('no');
    expect(existsSync(lock)).toBe(false);
  });

  it('goes on without the lock when its holder does not let go', async () => {
    writeFileSync(lock, JSON.stringify({ ...(await thisProcess('other')), pid: 1 }));
    const seen = await withDirectoryLock(directory, () => Promise.resolve(readFileSync(lock, 'utf8')), {
      ...forEver,
      patience: 10,
    });
    expect(parseHolder(seen)?.token).toBe('other');
    expect(existsSync(lock)).toBe(true);
  });

  it('takes over from a process of this machine that was killed', async () => {
    const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    writeFileSync(lock, JSON.stringify({ ...(await thisProcess('killed')), pid: holder.pid }));
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await withDirectoryLock(directory, tokenInside, forEver)).not.toBe('killed');
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([
    ['another machine', JSON.stringify({ pid: 1, boot: 'elsewhere', token: 'old' })],
    ['nobody: it was never finished', '{"pid": 1'],
    ['something else', 'null'],
    ['somebody who writes much', '{'.repeat(1001)],
    ['a pipe', undefined],
  ])('takes over an old lock of %s', async (_, content) => {
    if (content === undefined) execFileSync('mkfifo', [lock]);
    else writeFileSync(lock, content);
    const past = new Date(Date.now() - 31_000);
    utimesSync(lock, past, past);
    const usual = { stale: 30_000, patience: 3_600_000, pause: 2 };
    expect(await withDirectoryLock(directory, tokenInside, usual)).not.toBe('old');
    expect(readdirSync(directory)).toEqual([]);
  });

  it('works without the lock where none can be made', async () => {
    chmodSync(directory, 0o500);
    const missing = join(directory, 'not-there');
    expect(await withDirectoryLock(missing, () => Promise.resolve('done'), forEver)).toBe('done');
  });

  function tokenInside(): Promise<string | undefined> {
    return Promise.resolve(parseHolder(readFileSync(lock, 'utf8'))?.token);
  }
});

describe('hasEnded', () => {
  it('is certain only of processes of this machine, this boot and this namespace', async () => {
    const here = await thisProcess('a');
    expect(hasEnded(here, here)).toBe(false);
    expect(hasEnded({ ...here, pid: 2 ** 22 + 1 }, here)).toBe(true);
    expect(hasEnded({ ...here, pid: 2 ** 22 + 1, boot: 'elsewhere' }, here)).toBe(false);
    expect(hasEnded({ ...here, pid: -1 }, here)).toBe(false);
  });
});
