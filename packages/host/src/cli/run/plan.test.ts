import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAdminServer } from '../../supervisor/management/index.ts';
import { createFakeSupervisor } from '../../supervisor/management/testing/fake-supervisor.ts';
import { prepareFolders } from '../../supervisor/prepare-folders.ts';
import { createOutput } from '../output.ts';
import { testSystem } from '../testing/test-system.ts';
import { planFile, planFolder } from './plan.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'poolhouse-plan-'));
  writeFileSync(join(folder, 'index.html'), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
const output = createOutput({ ...streams, environment: {}, json: false, quiet: true, colour: 'auto' });
const options = { port: undefined, lan: false, save: false };

describe('planFolder', () => {
  it('writes its configuration below .poolhouse, never where POOLHOUSE_CONFIG points', async () => {
    const precious = join(folder, 'precious.config');
    writeFileSync(precious, 'untouched');
    const system = testSystem(folder, { environment: { POOLHOUSE_CONFIG: precious } });
    const { locations } = await planFolder('.', options, system, output);
    expect(locations.configuration).toBe(join(folder, '.poolhouse/applicationHost.config'));
    expect(readFileSync(precious, 'utf8')).toBe('untouched');
    expect(readFileSync(locations.configuration, 'utf8')).toContain(`physicalPath="${folder}"`);
  });

  it('leaves a folder alone in which one runs already', async () => {
    const system = testSystem(folder);
    const { locations } = await planFolder('.', options, system, output);
    prepareFolders(locations, system.uid);
    const before = readFileSync(locations.configuration, 'utf8');
    const server = await startAdminServer(locations.run, createFakeSupervisor());
    try {
      await expect(planFolder('.', { ...options, lan: true }, system, output)).rejects.toThrow(/runs in .* already/);
      expect(readFileSync(locations.configuration, 'utf8')).toBe(before);
    } finally {
      await server.close();
    }
  });
});

describe('planFile', () => {
  it('uses the file as it is, and keeps everything else below .poolhouse of the working folder', async () => {
    const { locations } = await planFile(
      'site.config',
      { port: undefined, lan: false, site: undefined },
      testSystem(folder),
    );
    expect(locations).toMatchObject({
      configuration: join(folder, 'site.config'),
      state: join(folder, '.poolhouse/state'),
      run: join(folder, '.poolhouse/run'),
    });
  });
});
