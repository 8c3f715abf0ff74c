import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testRevision } from '../testing/revision.ts';
import { diskWatchSystem } from './watch-system.ts';
import { WatchedLoader } from './watched-loader.ts';

it('notices what changed between the load and the watch, and after a load that failed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'poolhouse-loader-'));
  const path = join(folder, 'applicationHost.config');
  await writeFile(path, 'one');
  const system = diskWatchSystem();
  let noticed = Promise.withResolvers<void>();
  const answers: ('good' | 'bad')[] = ['good', 'bad'];
  const loader = new WatchedLoader(
    async () => {
      const files = [{ path, role: 'server' as const, level: '', stamp: await system.stamp(path) }];
      return answers.shift() === 'good' ? { revision: testRevision({ files }) } : { errors: [], files };
    },
    system,
    () => noticed.resolve(),
  );
  const first = await loader.load(undefined);
  await writeFile(path, 'changed before anybody watched');
  const alive = setInterval(() => {}, 1_000);
  await loader.begin();
  await noticed.promise;

  noticed = Promise.withResolvers();
  const second = await loader.load('revision' in first ? first.revision : undefined);
  expect('errors' in second).toBe(true);
  await writeFile(path, 'repaired');
  await noticed.promise;

  clearInterval(alive);
  loader.close();
  await rm(folder, { recursive: true });
});
