import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperationRefused, startAdminServer } from '../supervisor/management/index.ts';
import type { AdminServer } from '../supervisor/management/index.ts';
import { createFakeSupervisor, samplePool, sampleStatus } from '../supervisor/management/testing/fake-supervisor.ts';
import type { FakeSupervisor } from '../supervisor/management/testing/fake-supervisor.ts';
import type { System } from './command.ts';
import { runCommandLine } from './command-line.ts';
import { runCommand, testSystem } from './testing/test-system.ts';

let folder: string;
let server: AdminServer;
let supervisor: FakeSupervisor;
let system: System;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'poolhouse-cli-'));
  supervisor = createFakeSupervisor();
  server = await startAdminServer(folder, supervisor);
  system = testSystem(folder, { environment: { LANG: 'C.UTF-8', POOLHOUSE_RUN: folder } });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const run = (...words: string[]) => runCommand(system, ...words);

describe('status', () => {
  it('shows host, sites, pools and problems', async () => {
    supervisor.change({
      startedAt: new Date(Date.now() - 3_725_000).toISOString(),
      pools: [
        samplePool('shop', { slots: 2, restarts: 1, keyRing: { store: 'profile', folder: '/keys' } }),
        samplePool('reports', {
          health: 'failed',
          workers: [],
          reason: 'it failed 5 times\nwithin 5 minutes',
          lastExit: { at: '2026-11-20T08:00:00.000Z', pid: 99, code: 134, signal: null, reason: 'crash' },
        }),
      ],
      diagnostics: [{ severity: 'warning', file: '/a.config', line: 3, column: 5, message: 'unsupported' }],
    });
    const { code, stdout, stderr } = await run('status');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      [
        'Poolhouse 1.2.3  ● started  up 1 h 2 min  pid 4000  Node.js 26.10.0',
        '/etc/poolhouse/applicationHost.config  revision 1',
        '',
        'SITE  STATE      POOLS  URL',
        'shop  ● started  shop   http://localhost:8080/',
        '',
        'POOL     STATE      WORKERS  ACTIVE  SERVED  WAITING     RSS  RESTARTS  PIDS  KEYS     LAST EXIT',
        'shop     ● started      1/2       3   18233        0  107 MB         1  4211  profile  -',
        'reports  ✖ failed       0/1       0       0        0       -         0  -     -        exit 134, crash',
        '',
        'pool reports: it failed 5 times within 5 minutes',
        '/a.config:3:5: warning: unsupported',
        '',
      ].join('\n'),
    );
  });

  it("G-1 prints only the API's JSON with --json", async () => {
    const { code, stdout, stderr } = await run('status', '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual(sampleStatus());
  });

  it.each([
    [['status'], {}, false],
    [['status', '--color', 'always'], { NO_COLOR: '1' }, true],
    [['status', '--color=never'], { FORCE_COLOR: '1' }, false],
  ])('G-2 %j with %j has colours: %s', async (words, environment, expected) => {
    system = { ...system, environment: { ...system.environment, ...environment } };
    expect((await run(...words)).stdout.includes('\u001b[')).toBe(expected);
  });

  it('uses ASCII where the locale has nothing else', async () => {
    system = { ...system, environment: { ...system.environment, LC_ALL: 'C' } };
    expect((await run('status')).stdout).toContain('* started');
  });

  it('lets nothing from a name or an application steer the terminal', async () => {
    supervisor.change({ pools: [samplePool('a\u001b[2Jb')] });
    expect((await run('status')).stdout).not.toContain('\u001b');
  });
});

describe('pool list', () => {
  it.each([
    ['pool', 'list'],
    ['pools', 'list'],
    ['apppool', 'list'],
  ])('%s %s shows the pools', async (...words) => {
    expect((await run(...words)).stdout).toMatch(/^POOL .*\nshop +● started .*\nblog +○ stopped /);
  });

  it('is a list in JSON', async () => {
    const list = JSON.parse((await run('pool', 'list', '--json')).stdout);
    expect(list).toMatchObject({ items: [{ name: 'shop' }, { name: 'blog' }], total: 2, generation: '1' });
  });
});

describe('pool recycle, start and stop', () => {
  it.each([
    [['recycle', 'shop'], 'recycle and wait for shop', 'pool shop recycled: generation 1, 1 process\n'],
    [
      ['pool', 'recycle', 'shop', '--timeout', '2m'],
      'recycle and wait for shop',
      'pool shop recycled: generation 1, 1 process\n',
    ],
    [['recycle', '--no-wait', 'shop'], 'recycle shop', 'pool shop is being recycled\n'],
    [['pool', 'start', 'blog'], 'start blog', 'pool blog is stopped\n'],
    [['pool', 'stop', 'shop'], 'stop shop', 'pool shop is started\n'],
  ])('%j', async (words, call, stdout) => {
    expect(await run(...words)).toMatchObject({ code: 0, stdout });
    expect(supervisor.calls).toEqual([call]);
  });

  it('says what to do next on stderr, unless --quiet', async () => {
    expect((await run('pool', 'stop', 'shop')).stderr).toBe('next: poolhouse pool start shop\n');
    expect((await run('pool', 'stop', 'shop', '-q')).stderr).toBe('');
  });

  it('G-4 names the pool that was probably meant', async () => {
    expect(await run('recycle', 'shpo')).toEqual({
      code: 3,
      stdout: '',
      stderr: 'error PH1102: There is no pool "shpo".\n  did you mean: shop\n  try: poolhouse pool list\n',
    });
  });

  it('passes a refusal on with its code', async () => {
    supervisor.effect = () => Promise.reject(new OperationRefused('pool-stopped', 'pool blog is stopped'));
    expect(await run('recycle', 'blog')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error PH2001: pool blog is stopped\n',
    });
  });

  it('ends with 9 when the effect is not seen in time', async () => {
    supervisor.effect = () => new Promise(() => {});
    expect(await run('recycle', 'shop', '--timeout', '0')).toMatchObject({ code: 9, stdout: '' });
  });

  it('gives the problem as JSON on stderr with --json', async () => {
    const { code, stdout, stderr } = await run('recycle', 'shpo', '--json');
    expect([code, stdout]).toEqual([3, '']);
    expect(JSON.parse(stderr)).toMatchObject({
      code: 'PH1102',
      exit: 3,
      hints: [{ label: 'did you mean', text: 'shop' }, {}],
    });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('G-14 ends at %s with %i and leaves the recycle alone', async (signal, expected) => {
    const interruption = new AbortController();
    supervisor.effect = () => {
      interruption.abort(signal);
      return new Promise(() => {});
    };
    system = { ...system, interrupted: interruption.signal };
    expect(await run('recycle', 'shop')).toEqual({ code: expected, stdout: '', stderr: '' });
    expect(supervisor.calls).toEqual(['recycle and wait for shop']);
  });
});

describe('stop', () => {
  it('asks, then waits until the process is gone', async () => {
    supervisor.change({ pid: 2 ** 22 + 1 });
    expect(await run('stop')).toMatchObject({ code: 0, stdout: `Poolhouse (pid ${2 ** 22 + 1}) has stopped\n` });
    expect(supervisor.calls).toEqual(['stop: poolhouse stop']);
  });

  it('does not wait with --no-wait, and not longer than --timeout', async () => {
    supervisor.change({ pid: process.pid });
    expect(await run('stop', '--no-wait')).toMatchObject({ code: 0, stdout: expect.stringContaining('is stopping') });
    expect(await run('stop', '--timeout', '0')).toMatchObject({ code: 9, stderr: expect.stringContaining('PH2104') });
  });
});

describe('logs', () => {
  beforeEach(() => {
    writeFileSync(join(folder, 'out'), 'one\ntwo \u001b[31mred\n');
    supervisor.output = [{ slot: 1, path: join(folder, 'out') }];
  });

  it('shows the lines with their process', async () => {
    expect((await run('logs', 'shop', '-n', '1')).stdout).toBe('shop#1 two \u001b[31mred\n');
    expect((await run('logs', '--tail=1')).stdout).toBe('shop#1 two \u001b[31mred\nblog#1 two \u001b[31mred\n');
  });

  it("passes the API's lines through with --json", async () => {
    expect((await run('logs', 'shop', '--json', '-n1')).stdout).toBe(
      '{"pool":"shop","slot":1,"line":"two \\u001b[31mred"}\n',
    );
  });

  it('follows until it is interrupted', async () => {
    const interruption = new AbortController();
    const stdout = new PassThrough();
    const ended = runCommandLine(['logs', 'shop', '-f'], { ...system, stdout, interrupted: interruption.signal });
    await expect.poll(() => String(stdout.read() ?? '')).toContain('two');
    interruption.abort('SIGINT');
    expect(await ended).toBe(130);
  });

  it('shows more pools than it follows, and says so', async () => {
    supervisor.change({ pools: Array.from({ length: 40 }, (_, number) => samplePool(`p${number}`)) });
    expect((await run('logs', '-n', '1')).stdout.split('\n')).toHaveLength(41);
    expect(await run('logs', '-f')).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: `error PH1104: logs follows 32 pools at most, and there are 40\n  try: poolhouse logs POOL -f\n`,
    });
  });

  it('ends when one of the pools that it follows cannot be followed', async () => {
    const pools = Array.from({ length: 32 }, (_, number) => samplePool(`p${number}`));
    supervisor.change({ pools });
    const interruption = new AbortController();
    const stdout = new PassThrough();
    const other = runCommandLine(['logs', 'p0', '-f'], { ...system, stdout, interrupted: interruption.signal });
    await expect.poll(() => String(stdout.read() ?? '')).toContain('two');
    expect(await run('logs', '-f')).toMatchObject({ code: 1, stderr: expect.stringContaining('error PH2004') });
    interruption.abort('SIGINT');
    await other;
  });

  it('knows no other pool', async () => {
    expect(await run('logs', 'shpo')).toMatchObject({ code: 3, stderr: expect.stringContaining('did you mean: shop') });
  });
});

describe('events', () => {
  beforeEach(() => {
    supervisor.events.emit('supervisor.started', { version: '1.2.3', pid: 1 });
    supervisor.events.emit('pool.state', { pool: 'shop', state: 'started' });
  });

  it('shows what happened', async () => {
    expect((await run('events', '--topic', 'pool')).stdout).toMatch(/^\d\d:\d\d:\d\d pool shop is started\n$/);
    const lines = (await run('events', '--json')).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(['supervisor.started', 'pool.state']);
  });

  it('goes on with what happens, without a gap', async () => {
    const interruption = new AbortController();
    const stdout = new PassThrough();
    let text = '';
    stdout.on('data', (chunk) => (text += String(chunk)));
    const ended = runCommandLine(['events', '-f'], { ...system, stdout, interrupted: interruption.signal });
    await expect.poll(() => text).toContain('pool shop is started');
    supervisor.events.emit('pool.state', { pool: 'blog', state: 'started' });
    await expect.poll(() => text).toContain('pool blog is started');
    expect(text.trim().split('\n')).toHaveLength(3);
    interruption.abort('SIGTERM');
    expect(await ended).toBe(143);
  });
});
