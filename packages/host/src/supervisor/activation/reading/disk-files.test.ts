import { chmod, chown, lchown, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskFiles } from './disk-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'poolhouse-files-'));
});
afterEach(() => rm(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

describe('diskFiles', () => {
  const files = diskFiles({ ownedByRoot: false });
  const textOf = async (path: string, within?: string): Promise<string | undefined> => {
    const content = await files.read(path, within);
    return content && new TextDecoder().decode(content.bytes);
  };

  it('reads files, and links to files', async () => {
    await writeFile(at('a'), 'text');
    await symlink('a', at('b'));
    expect([await textOf(at('a')), await textOf(at('b'), folder)]).toEqual(['text', 'text']);
  });

  it('finds nothing where there is nothing', async () => {
    await writeFile(at('a'), '');
    await symlink('nowhere', at('dangling'));
    expect([
      await textOf(at('none')),
      await textOf(at('a/below')),
      await textOf(at('dangling')),
      await files.list(at('none')),
      await files.stamp(at('none')),
    ]).toEqual(Array(5).fill(undefined));
  });

  it.each([
    ['a folder', () => mkdir(at('x')), /is not a file/],
    ['a device', () => symlink('/dev/zero', at('x')), /is not a file/],
    ['a link to itself', () => symlink('x', at('x')), /link that leads nowhere/],
  ])('refuses %s', async (_, make, message) => {
    await make();
    await expect(files.read(at('x'))).rejects.toThrow(message);
  });

  it('refuses a link that leaves the folder it has to stay in', async () => {
    await symlink('/etc/hostname', at('x'));
    await expect(files.read(at('x'), folder)).rejects.toThrow(/leads to \/etc\/hostname, which is outside/);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'follows in folders of others only links whose owner owns the file, or is root (needs root)',
    async () => {
      const shared = diskFiles({ ownedByRoot: false, onlyOwnLinks: true });
      await writeFile(at('mine'), '');
      await writeFile(at('theirs'), '');
      await chown(at('theirs'), 65_534, 65_534);
      for (const [name, target, uid] of [
        ['a', 'mine', 0],
        ['b', 'theirs', 0],
        ['c', 'theirs', 65_534],
        ['d', 'mine', 65_534],
      ] as const) {
        await symlink(target, at(name));
        await lchown(at(name), uid, uid);
      }
      for (const name of ['mine', 'theirs', 'a', 'b', 'c']) expect(await shared.read(at(name)), name).toBeDefined();
      await expect(shared.read(at('d'))).rejects.toThrow(/is a link of user 65534 to .*mine, which belongs to user 0/);
    },
  );

  it('tells a stamp that every write, touch and replacement changes', async () => {
    const stamps: (string | undefined)[] = [];
    await writeFile(at('a'), 'one');
    stamps.push(await files.stamp(at('a')));
    await writeFile(at('a'), 'other');
    stamps.push(await files.stamp(at('a')));
    await utimes(at('a'), 1, 1);
    stamps.push(await files.stamp(at('a')));
    expect(new Set(stamps).size).toBe(3);
    expect((await files.read(at('a')))?.stamp).toBe(stamps[2]);
    expect(await files.stamp(folder)).toBeUndefined();
  });
});

describe.skipIf(process.getuid?.() !== 0)('diskFiles for root (needs root)', () => {
  const files = diskFiles({ ownedByRoot: true });

  it('reads what only root can have written', async () => {
    await writeFile(at('a'), 'text');
    expect((await files.read(at('a')))?.bytes).toHaveLength(4);
    expect(await files.list(folder)).toEqual([{ name: 'a', isFolder: false }]);
  });

  it.each([
    ['a file of another user', () => chown(at('a'), 65_534, 65_534), /belongs to user 65534/],
    ['a file that others may write', () => chmod(at('a'), 0o666), /others than root may write to it/],
    ['a file in a folder of another user', () => chown(folder, 65_534, 65_534), /belongs to user 65534 \(\/tmp/],
    [
      'a file in a folder that its group may write',
      () => chmod(folder, 0o770),
      /others than root may write to it \(\/tmp/,
    ],
    [
      'a link to a file of another user',
      async () => {
        await writeFile(at('theirs'), '');
        await chown(at('theirs'), 65_534, 65_534);
        await rm(at('a'));
        await symlink('theirs', at('a'));
      },
      /belongs to user 65534/,
    ],
  ])('refuses %s', async (_, change, message) => {
    await writeFile(at('a'), '');
    await change();
    await expect(files.read(at('a'))).rejects.toThrow(message);
    await chown(folder, 0, 0);
  });
});
