import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileLocations } from '../supervisor/file-locations.ts';
import { startAdminServer } from '../supervisor/management/index.ts';
import type { AdminServer } from '../supervisor/management/index.ts';
import { createFakeSupervisor } from '../supervisor/management/testing/fake-supervisor.ts';
import { prepareFolders } from '../supervisor/prepare-folders.ts';
import { connectAdmin } from './connect-admin.ts';
import { testSystem } from './testing/test-system.ts';

let folder: string;
const servers: AdminServer[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poolhouse-connect-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  rmSync(folder, { recursive: true });
});

async function serve(run: string): Promise<string> {
  mkdirSync(run, { recursive: true });
  const server = await startAdminServer(run, createFakeSupervisor());
  servers.push(server);
  return server.path;
}

describe('connectAdmin', () => {
  it('finds the Poolhouse of this folder first, then that of this user', async () => {
    const environment = { XDG_RUNTIME_DIR: join(folder, 'xdg') };
    const system = { ...testSystem(folder, { environment }), uid: 4211 };
    const ofUser = await serve(join(folder, 'xdg/poolhouse'));
    // The sockets belong to whoever runs this test; the claimed user accepts those of root only.
    const own = { ...system, uid: process.getuid!() || 4211 };
    expect((await connectAdmin(own, undefined)).socketPath).toBe(ofUser);
    const ofFolder = await serve(join(folder, '.poolhouse/run'));
    expect((await connectAdmin(own, undefined)).socketPath).toBe(ofFolder);
  });

  it('obeys --run, then POOLHOUSE_RUN, and looks nowhere else', async () => {
    await serve(join(folder, '.poolhouse/run'));
    const one = await serve(join(folder, 'one'));
    const two = await serve(join(folder, 'two'));
    const system = testSystem(folder, { environment: { POOLHOUSE_RUN: 'one' } });
    expect((await connectAdmin(system, undefined)).socketPath).toBe(one);
    expect((await connectAdmin(system, 'two')).socketPath).toBe(two);
    await expect(connectAdmin(system, 'three')).rejects.toThrow(/no Poolhouse is running/);
  });

  it('G-10 names every socket it tried and how to start', async () => {
    const system = { ...testSystem(folder), uid: 4211 };
    const error = await connectAdmin(system, undefined).catch((each: unknown) => each);
    expect(error).toMatchObject({
      code: 'PH2101',
      exit: 8,
      hints: [
        ['tried', `${folder}/.poolhouse/run/admin.sock, /tmp/poolhouse-4211/admin.sock, /run/poolhouse/admin.sock`],
        ['try', expect.stringContaining('poolhouse start --config')],
      ],
    });
  });

  it('finds the socket behind a run folder with too long a path', async () => {
    const deep = join(folder, 'd'.repeat(80));
    const system = testSystem(folder);
    const { environment, uid, home, workingDirectory } = system;
    const locations = fileLocations({
      ...{ environment, uid, home, workingDirectory },
      flags: { run: deep, state: join(folder, 'state'), log: join(folder, 'log') },
    });
    prepareFolders(locations, uid);
    try {
      const path = await serve(locations.run);
      expect((await connectAdmin(system, deep)).socketPath).toBe(path);
    } finally {
      rmSync(locations.run, { recursive: true });
    }
  });

  it.runIf(process.getuid!() === 0)(
    'does not talk to a socket of another user (giving one away needs root)',
    async () => {
      const path = await serve(join(folder, 'run'));
      chownSync(path, 4211, 4211);
      await expect(connectAdmin(testSystem(folder), join(folder, 'run'))).rejects.toThrow(/no Poolhouse is running/);
    },
  );
});
