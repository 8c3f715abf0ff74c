import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onEachNode, startReady } from './testing/on-each-node.ts';

const folder = mkdtempSync(join(tmpdir(), 'worker-bundle-'));
const preload = join(folder, 'preload.js');
beforeAll(() => {
  execFileSync(process.execPath, [join(__dirname, '../../../scripts/bundle-worker.ts'), preload]);
});
afterAll(() => rmSync(folder, { recursive: true }));

onEachNode((start) => {
  it('serves, answers pings and drains from one file', async () => {
    await using worker = await startReady(start, 'exports-fetch.mjs', { preload });
    expect((await worker.gateway.request({ path: '/empty' })).status).toBe(204);
    expect((await worker.gateway.request({ token: null })).status).toBe(400);
    expect(await worker.ping()).toMatchObject({ activeRequests: 0 });
    worker.send({ type: 'drain', limitMs: 60_000 });
    expect(await worker.exit).toEqual({ code: 0, signal: null });
  });

  it('hides itself', async () => {
    await using worker = await startReady(start, 'sees-channel.cjs', { preload });
    expect(await worker.gateway.json()).toMatchObject({ names: [], execArgv: [], isMain: true });
  });

  it('has the parts that few applications need', async () => {
    await using http2 = await startReady(start, 'http2.cjs', { preload, environment: { KIND: 'plain' } });
    expect((await http2.gateway.stream(http2.gateway.session())).status).toBe(200);
    await using cluster = await start('cluster.cjs', { preload });
    expect((await cluster.message('unsupported')).reason).toContain('maxProcesses');
  });
});
