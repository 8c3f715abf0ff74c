import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWholeFile, systemCalls, type FileCalls } from './atomic-file.ts';

const noSpace = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

describe('createWholeFile', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'atomic-'));
    path = join(directory, 'key-1.xml');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it.each([0o600, 0o660, 0o640])('D-15 makes a file of mode %o whatever the umask, and nothing else', async (mode) => {
    const umask = process.umask(0o077);
    try {
      await createWholeFile(path, 'content', mode);
    } finally {
      process.umask(umask);
    }
    expect(readdirSync(directory)).toEqual(['key-1.xml']);
    expect(statSync(path).mode & 0o7777).toBe(mode);
    expect(readFileSync(path, 'utf8')).toBe('content');
  });

  it.each([
    ['with hard links', systemCalls],
    ['without hard links', withoutLinks('EPERM')],
    ['with a system call that is not there', withoutLinks('ENOSYS')],
  ])('D-15 never replaces a file, on a file system %s', async (_, calls) => {
    await createWholeFile(path, 'first', 0o600, calls);
    await expect(createWholeFile(path, 'second', 0o600, calls)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(readdirSync(directory)).toEqual(['key-1.xml']);
  });

  it.each<[string, Partial<FileCalls>]>([
    ['the link', { link: () => Promise.reject(noSpace) }],
    ['the rename', { ...withoutLinks('ENOTSUP'), rename: () => Promise.reject(noSpace) }],
    ['the first flush', { open: openWith('sync') }],
    ['the write', { open: openWith('writeFile') }],
  ])('leaves nothing when %s fails', async (_, calls) => {
    const failing = createWholeFile(path, 'content', 0o600, { ...systemCalls, ...calls });
    await expect(failing).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('makes do without flushing a directory where that is not offered, and tells when it fails', async () => {
    const flushing = (code: string): FileCalls => ({
      ...systemCalls,
      open: ((file: string, ...more: [string, number?]) =>
        file === directory
          ? Promise.reject(Object.assign(new Error(code), { code }))
          : systemCalls.open(file, ...more)) as FileCalls['open'],
    });
    await createWholeFile(path, 'content', 0o600, flushing('EINVAL'));
    await expect(createWholeFile(`${path}2`, 'content', 0o600, flushing('EIO'))).rejects.toMatchObject({ code: 'EIO' });
  });

  it('leaves nothing when a real write stops half way', () => {
    const module = join(__dirname, '../../../dist/repositories/file-system/atomic-file.js');
    const program = `require(${JSON.stringify(module)}).createWholeFile(${JSON.stringify(path)}, 'x'.repeat(4096), 0o600)
      .then(() => process.exit(0), (error) => { console.log(error.code); process.exit(3) })`;
    const { status, stdout } = spawnSync('prlimit', ['--fsize=1024', process.execPath, '-e', program], {
      encoding: 'utf8',
    });
    expect([status, stdout.trim()]).toEqual([3, 'EFBIG']);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('keeps a file that stands in the way of the temporary name of nobody', async () => {
    writeFileSync(join(directory, 'other.tmp'), 'of another process');
    await createWholeFile(path, 'content', 0o600);
    expect(readdirSync(directory).sort()).toEqual(['key-1.xml', 'other.tmp']);
  });
});

function withoutLinks(code: string): FileCalls {
  return { ...systemCalls, link: () => Promise.reject(Object.assign(new Error(code), { code })) };
}

/** Files whose handle fails in one call. */
function openWith(call: 'sync' | 'writeFile'): FileCalls['open'] {
  return async (...given) => {
    const handle = await systemCalls.open(...given);
    handle[call] = () => Promise.reject(noSpace);
    return handle;
  };
}
