import { mkdtempSync, readdirSync, rmSync, statSync, watch, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAdminServer } from './admin-server.ts';
import { createFakeSupervisor } from './testing/fake-supervisor.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poolhouse-admin-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function statusCode(path: string): Promise<number | undefined> {
  const outgoing = get({ socketPath: path, path: '/api/v1/status', agent: false });
  const [response] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream & { statusCode?: number }];
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

describe('the management socket', () => {
  it('G-60 has permissions for its owner only from the moment it has its name', async () => {
    const seen: number[] = [];
    const watcher = watch(folder, (_, name) => {
      if (name === 'admin.sock') seen.push(statSync(join(folder, 'admin.sock')).mode & 0o777);
    });
    const server = await startAdminServer(folder, createFakeSupervisor());
    expect(statSync(server.path).mode & 0o777).toBe(0o600);
    await expect.poll(() => [...new Set(seen)]).toEqual([0o600]);
    watcher.close();
    expect(readdirSync(folder)).toEqual(['admin.sock']);
    await server.close();
  });

  it('replaces what a dead supervisor left behind', async () => {
    writeFileSync(join(folder, 'admin.sock'), '');
    const server = await startAdminServer(folder, createFakeSupervisor());
    expect(await statusCode(server.path)).toBe(200);
    await server.close();
  });

  it('is not taken from a living one', async () => {
    const other = createServer().listen(join(folder, 'admin.sock'));
    await once(other, 'listening');
    await expect(startAdminServer(folder, createFakeSupervisor())).rejects.toThrow(/another Poolhouse answers/);
    other.close();
  });

  it('of the next supervisor stays when this one closes', async () => {
    const server = await startAdminServer(folder, createFakeSupervisor());
    rmSync(server.path);
    writeFileSync(server.path, '');
    await server.close();
    expect(readdirSync(folder)).toEqual(['admin.sock']);
  });

  it('is gone after close, which ends streams and waits for nobody', async () => {
    const server = await startAdminServer(folder, createFakeSupervisor());
    const events = get({ socketPath: server.path, path: '/api/v1/events', agent: false });
    const [stream] = (await once(events, 'response')) as [NodeJS.ReadableStream];
    stream.resume();
    const silent = connect(server.path);
    await once(silent, 'connect');
    const ended = once(stream, 'end');
    await Promise.all([server.close(), server.close()]);
    await ended;
    expect(readdirSync(folder)).toEqual([]);
    silent.destroy();
  });
});
