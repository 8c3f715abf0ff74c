import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBoundedFile, UnreadableFileError } from './bounded-file.ts';

describe('readBoundedFile', () => {
  let path: string;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bounded-'));
    path = join(folder, 'a');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([0, 1, 99, 100])('reads %i bytes of 100', async (size) => {
    writeFileSync(path, 'x'.repeat(size));
    expect((await readBoundedFile(path, 100)).toString()).toBe('x'.repeat(size));
  });

  it('follows a link to a file', async () => {
    writeFileSync(path, 'content');
    symlinkSync('a', join(folder, 'b'));
    expect((await readBoundedFile(join(folder, 'b'), 100)).toString()).toBe('content');
  });

  it.each([
    ['a pipe that nobody writes to', () => execFileSync('mkfifo', [path]), 'is not a file'],
    ['a device that never ends', () => symlinkSync('/dev/zero', path), 'is not a file'],
    ['a directory', () => symlinkSync('/', path), 'is not a file'],
    ['one byte more', () => writeFileSync(path, 'x'.repeat(101)), 'is larger than 100 bytes'],
    [
      'what has no memory',
      () => {
        writeFileSync(path, '');
        truncateSync(path, 2 ** 40);
      },
      'is larger than 100 bytes',
    ],
    ['what says it is empty and is not', () => symlinkSync('/proc/self/status', path), 'is larger than 100 bytes'],
  ])('refuses %s', async (_, make, message) => {
    make();
    const thrown = await readBoundedFile(path, 100).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(UnreadableFileError);
    expect(thrown).toMatchObject({ message: `${path} ${message}.` });
  });

  it("throws the system's error for what cannot be opened", async () => {
    await expect(readBoundedFile(path, 100)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
