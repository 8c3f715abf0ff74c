import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadGood, server, site } from '../testing/load.ts';
import { MemoryFiles } from '../testing/memory-files.ts';
import { processReader } from './process-reader.ts';
import { startReader } from './start-reader.ts';

const host = { environment: {}, processors: 1, version: '1.0.0' };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'poolhouse-reader-'));
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

async function scopes(credentials: Parameters<typeof startReader>[0]): Promise<unknown> {
  const files = new MemoryFiles({ '/etc/poolhouse/applicationHost.config': server({ sites: site({ '/': folder }) }) });
  const revision = await loadGood(
    files,
    undefined,
    processReader({ start: () => startReader(credentials), host, stamp: async () => undefined }),
  );
  return revision.plan.sites[0]?.applications[0]?.scopes;
}

it('reads content in a process of its own', async () => {
  await writeFile(join(folder, 'web.config'), '<configuration><oops/></configuration>');
  expect(await scopes(undefined)).toMatchObject([{ path: '/', broken: { status: 500, subStatus: 19 } }]);
});

it.skipIf(process.getuid?.() !== 0)('reads with the rights of another user (needs root)', async () => {
  await mkdir(join(folder, 'secret'), { mode: 0o700 });
  await writeFile(join(folder, 'web.config'), '<configuration/>', { mode: 0o600 });
  expect(await scopes({ uid: 65_534, gid: 65_534, groups: [] })).toMatchObject([
    { path: '/', broken: { detail: expect.stringContaining('may not be read by user 65534') } },
  ]);
});
