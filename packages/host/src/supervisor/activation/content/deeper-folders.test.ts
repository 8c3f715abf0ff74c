import { expect, it } from 'vitest';
import { MemoryFiles } from '../testing/memory-files.ts';
import { findDeeperFolders, folderLimit } from './deeper-folders.ts';

it('finds web.config files in folders below, in any case, the shallow first', async () => {
  const files = new MemoryFiles({
    '/srv/web.config': '',
    '/srv/b/deep/Web.config': '',
    '/srv/a/web.config': '',
    '/srv/a/file.txt': '',
    '/srv/.git/web.config': '',
    '/srv/.well-known/acme-challenge/web.config': '',
    '/srv/node_modules/x/web.config': '',
    '/srv/web.config.bak/x': '',
  });
  expect(await findDeeperFolders(files, '/srv')).toEqual({
    paths: ['/a', '/b/deep', '/.well-known/acme-challenge'],
    without: ['/b', '/.well-known', '/web.config.bak'],
    complete: true,
  });
});

it('looks at so many folders and no more', async () => {
  const tree = Object.fromEntries(
    Array.from({ length: folderLimit + 5 }, (_, index) => [`/srv/${index}/web.config`, '']),
  );
  const found = await findDeeperFolders(new MemoryFiles(tree), '/srv');
  expect([found.paths.length, found.complete]).toEqual([folderLimit - 1, false]);
});

it('finds nothing in a folder that may not be listed', async () => {
  const files = new MemoryFiles({});
  files.list = () => Promise.reject(new TypeError('not a FileProblem'));
  await expect(findDeeperFolders(files, '/srv')).rejects.toThrow('not a FileProblem');
});
