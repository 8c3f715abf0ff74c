import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { describe, expect, it } from 'vitest';

import {
  echoOf,
  fixtureApp,
  isAlive,
  readStat,
  runCommand,
  scratchFile,
  sharedHost,
  spawnCommand,
  startHost,
  until,
  type CommandResult,
  type StatusSnapshot,
  useHost,
} from './harness/index.ts';

describe('commands that talk to a host', () => {
  const host = sharedHost({
    pools: [{ name: 'test' }, { name: 'other' }],
    sites: [
      {
        applications: {
          '/': fixtureApp('common/echo.mjs', { hostingModel: 'inprocess' }),
          '/files': { files: { 'index.html': 'files' }, pool: 'other' },
        },
      },
    ],
  });
  const command = (...words: string[]): Promise<CommandResult> =>
    runCommand([...words, '--run', host.current.runFolder]);

  it('status --json is what the API says', async () => {
    await host.current.get('/');
    const { code, stdout, stderr } = await command('status', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const status = JSON.parse(stdout) as StatusSnapshot;
    expect(status).toMatchObject({ state: 'started', configuration: host.current.configuration });
    expect(status.pools.map((pool) => pool.name)).toEqual(['test', 'other']);
    expect(status.pid).toBe(host.current.supervisor.pid);
  });

  it('status shows sites, pools and pids to people', async () => {
    await host.current.get('/');
    const { code, stdout } = await command('status');
    expect(code).toBe(0);
    for (const text of ['site', 'test', 'other', 'started', String((await host.current.running())[0]?.pid)]) {
      expect(stdout).toContain(text);
    }
  });

  it('pool list --json lists', async () => {
    const { code, stdout } = await command('pool', 'list', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ total: 2, items: [{ name: 'test' }, { name: 'other' }] });
  });

  it.each([[['recycle', 'test']], [['pool', 'recycle', 'test']], [['pool', 'recycle', 'TEST']]])(
    '%j replaces the process and waits for it',
    async (words) => {
      const before = echoOf(await host.current.get('/')).pid;
      expect((await command(...words)).code).toBe(0);
      expect(readStat(before)).toBeUndefined();
      expect(echoOf(await host.current.get('/')).pid).not.toBe(before);
    },
  );

  it('pool stop and start, each idempotent', async () => {
    for (const [verb, status] of [
      ['stop', 503],
      ['stop', 503],
      ['start', 200],
      ['start', 200],
    ] as const) {
      expect((await command('pool', verb, 'test')).code).toBe(0);
      expect((await host.current.get('/')).status).toBe(status);
    }
  });

  it('P-57 recycle of a stopped pool fails and says how to start it', async () => {
    await command('pool', 'stop', 'test');
    const { code, stderr } = await command('recycle', 'test');
    expect(code).toBe(1);
    expect(stderr).toContain('poolhouse pool start test');
    await command('pool', 'start', 'test');
  });

  it('a pool that does not exist is 3, with what was meant', async () => {
    const { code, stdout, stderr } = await command('recycle', 'tset');
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('did you mean: test');
  });

  it('the same as JSON', async () => {
    const { code, stdout, stderr } = await command('recycle', 'nowhere', '--json');
    expect([code, stdout]).toEqual([3, '']);
    expect(JSON.parse(stderr)).toMatchObject({ exit: 3 });
  });

  it('events --json shows the start', async () => {
    const { code, stdout } = await command('events', '--json');
    expect(code).toBe(0);
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect(names).toContain('supervisor.started');
  });

  it('logs shows what the application wrote', async () => {
    const noisy = await useHost({
      sites: [{ applications: { '/': fixtureApp('in-process/handles-sigterm.cjs', { hostingModel: 'inprocess' }) } }],
    });
    await noisy.get('/');
    await noisy.recycle();
    const { code, stdout } = await runCommand(['logs', 'test', '--run', noisy.runFolder]);
    expect(code).toBe(0);
    expect(stdout).toContain('closed');
  });
});

describe('exit codes', () => {
  it.each([
    [['no-such-command'], 2],
    [['status', '--no-such-option'], 2],
    [['recycle'], 2],
    [['recycle', 'one', 'two'], 2],
    [['status', '--run', '/nonexistent'], 8],
    [['stop', '--run', '/nonexistent'], 8],
    [['--version'], 0],
    [['version'], 0],
    [['--help'], 0],
    [['help', 'status'], 0],
    [['status', '--help'], 0],
  ])('%j is %i', async (words, expected) => {
    const { code, stdout, stderr } = await runCommand(words);
    expect(code).toBe(expected);
    if (expected === 0) expect(stdout).not.toBe('');
    else expect(stderr).toMatch(/^error PH\d{4}: /);
  });
});

describe('start', () => {
  const folders = (): string[] => {
    const root = dirname(scratchFile('x'));
    return ['--state', `${root}/state`, '--run', `${root}/run`, '--log', `${root}/log`];
  };
  const allowRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];

  it.each([
    ['is not there', undefined],
    ['is not XML', '<configuration>'],
    [
      'has an unknown element',
      '<configuration><system.applicationHost><nonsense /></system.applicationHost></configuration>',
    ],
  ])('with a server-level file that %s is 78 and names it', async (_, text) => {
    const file = scratchFile('applicationHost.config');
    if (text !== undefined) writeFileSync(file, text);
    const { code, stderr, stdout } = await runCommand(['start', '--config', file, ...folders(), ...allowRoot]);
    expect(code).toBe(78);
    expect(stdout + stderr).toContain(file);
  });

  it('twice in one run folder is refused, and the first goes on', async () => {
    const host = await useHost({ sites: [{ applications: { '/': { files: { 'index.html': 'one' } } } }] });
    const again = await runCommand([
      ...['start', '--config', host.configuration, '--run', host.runFolder],
      ...['--state', `${host.root}/state`, '--log', host.logFolder, ...allowRoot],
    ]);
    expect(again.code).toBe(1);
    expect(again.stdout + again.stderr).toContain(String(host.supervisor.pid));
    expect((await host.get('/')).text()).toBe('one');
  });
});

describe('stop', () => {
  it('ends the host in order and waits for it', async () => {
    const host = await startHost({ sites: [{ applications: { '/': fixtureApp('common/echo.mjs') } }] });
    const { pid } = echoOf(await host.get('/'));
    const processes = [readStat(pid), ...host.processes('gateway')];
    expect((await runCommand(['stop', '--run', host.runFolder])).code).toBe(0);
    expect(processes.filter((process) => process !== undefined && isAlive(process))).toEqual([]);
    await until('the supervisor to end', () => host.supervisor.exitCode !== null);
    expect(host.supervisor.exitCode).toBe(0);
    await host.stop();
  });

  it('is what SIGINT does, too', async () => {
    const host = await startHost({ sites: [{ applications: { '/': fixtureApp('common/echo.mjs') } }] });
    await host.get('/');
    host.supervisor.kill('SIGINT');
    await until('the supervisor to end', () => host.supervisor.exitCode !== null);
    expect(host.supervisor.exitCode).toBe(0);
    await host.stop();
  });
});

describe('a reader that leaves', () => {
  it('ends events --follow without a word', async () => {
    const host = await useHost({ sites: [{ applications: { '/': {} } }] });
    const follow = spawnCommand(['events', '--follow', '--json', '--run', host.runFolder]);
    let seen = '';
    follow.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    await until('the first event', () => seen.includes('supervisor.started'));
    follow.kill('SIGINT');
    await until('the command to end', () => follow.exitCode !== null);
    expect(follow.exitCode).toBe(130);
  });
});
