import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import {
  commandFile,
  freePort,
  isAlive,
  readStat,
  request,
  runCommand,
  scratchFile,
  writeConfiguration,
  type StatusSnapshot,
} from './harness/index.ts';

const allowRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];

async function configured(): Promise<{ words: string[]; run: string; log: string; port: number }> {
  const root = dirname(scratchFile('x'));
  const port = await freePort();
  const { file } = writeConfiguration(
    root,
    { sites: [{ applications: { '/': { files: { 'index.html': 'here' } } } }] },
    [port],
    'mark',
  );
  const [run, log] = [join(root, 'run'), join(root, 'log')];
  const words = ['--config', file, '--run', run, '--log', log, '--state', join(root, 'state'), ...allowRoot];
  return { words, run, log, port };
}

describe('start --detach', () => {
  it('returns when it serves, keeps its events in the log folder, and ends by stop', async () => {
    const { words, run, log, port } = await configured();
    const { code, stdout } = await runCommand(['start', '--detach', '--json', ...words]);
    expect(code).toBe(0);
    const { pid } = JSON.parse(stdout) as { pid: number };
    const supervisor = readStat(pid);
    expect(supervisor).toBeDefined();
    try {
      expect((await request({ port, path: '/' })).text()).toBe('here');
      const status = JSON.parse((await runCommand(['status', '--json', '--run', run])).stdout) as StatusSnapshot;
      expect(status.pid).toBe(pid);
    } finally {
      expect((await runCommand(['stop', '--run', run])).code).toBe(0);
    }
    expect(isAlive(supervisor!)).toBe(false);
    const events = readFileSync(join(log, 'poolhouse.log'), 'utf8');
    for (const name of ['supervisor.started', 'supervisor.stopped']) expect(events).toContain(`"event":"${name}"`);
  });

  it('ends with the code of what it started, and says what that said', async () => {
    const { words } = await configured();
    const { code, stdout, stderr } = await runCommand([
      'start',
      '--detach',
      ...words,
      '--config',
      '/nonexistent/x.config',
    ]);
    expect([code, stdout]).toEqual([78, '']);
    expect(stderr).toContain('/nonexistent/x.config');
  });
});

describe('the command on a Node.js that is too old', () => {
  const oldNode = '/usr/bin/node';
  const version = existsSync(oldNode) ? execFileSync(oldNode, ['-p', 'process.versions.node']).toString().trim() : '';

  it.runIf(/^(1|20|22)/.test(version))('says so in one line (needs an old /usr/bin/node)', () => {
    const { status, stdout, stderr } = spawnSync(oldNode, [commandFile, 'status'], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(new RegExp(`^Poolhouse runs on Node\\.js .* this is ${version}\\..*\n$`));
  });
});
