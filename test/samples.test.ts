import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { beforeAll, describe, expect, it } from 'vitest';

import { sharedHost } from './harness/index.ts';

const samples = fileURLToPath(new URL('../samples', import.meta.url));
const present = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
const hasDotnet = present('dotnet');
const hasPython = present('python3');

describe('the samples', () => {
  beforeAll(() => {
    if (!hasDotnet) return;
    const publish = ['publish', `${samples}/aspnetcore`, '-c', 'Release', '-o', `${samples}/aspnetcore/publish`];
    const { status, stdout, stderr } = spawnSync('dotnet', [...publish, '--nologo', '-v', 'quiet'], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`dotnet publish failed:\n${stdout}${stderr}`);
  }, 120_000);

  const host = sharedHost({
    ports: 6,
    // The file as it is, on free ports.
    config: readFileSync(`${samples}/applicationHost.config`, 'utf8').replace(
      /127\.0\.0\.1:808([1-6]):/g,
      (_, number: string) => `127.0.0.1:%PORT${Number(number) - 1}%:`,
    ),
    environment: { POOLHOUSE_SAMPLES: samples },
  });

  it.each([
    ['static', 0, '/', 200],
    ['static, a folder', 0, '/notes/', 200],
    ['static, its own type', 0, '/lemonade.recipe', 200],
    ['static, nothing there', 0, '/nothing', 404],
    ['express', 1, '/', 200],
    ['fastify', 2, '/', 200],
    ['two applications, the root', 5, '/', 200],
    ['two applications, the other', 5, '/api', 200],
  ])('%s answers', async (_, site, path, status) => {
    expect((await host.current.get(path, { site })).status).toBe(status);
  });

  it.skipIf(!hasPython)('python answers (skipped without python3)', async () => {
    expect((await host.current.get('/', { site: 3 })).status).toBe(200);
  });

  it.skipIf(!hasDotnet)('aspnetcore answers (skipped without the .NET SDK)', async () => {
    expect((await host.current.get('/', { site: 4 })).status).toBe(200);
  });

  it.each([
    ['express', 1, '/echo'],
    ['fastify', 2, '/echo'],
  ])('%s streams a body back', async (_, site, path) => {
    const body = 'streamed '.repeat(10_000);
    const response = await host.current.get(path, {
      site,
      method: 'POST',
      body,
      headers: [['Content-Type', 'text/plain']],
    });
    expect(response.text()).toBe(body);
  });
});
