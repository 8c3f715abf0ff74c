import { chmodSync, mkdtempSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  bindUnixSocket,
  launch,
  OutputFile,
  processStat,
  processTree,
  readCapturedOutput,
  type Exit,
  type LaunchedProcess,
  type LaunchRequest,
} from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'poolhouse-launch-'));

async function start(script: string, request: Partial<LaunchRequest> = {}): Promise<LaunchedProcess> {
  return launch({
    ...{
      program: process.execPath,
      arguments: ['-e', script],
      workingDirectory: folder,
      environment: { PATH: '/usr/bin:/bin', ONLY: 'this' },
    },
    ...{ output: undefined, channel: false, sockets: [], credentials: undefined },
    ...request,
  });
}

const exitOf = async (launched: LaunchedProcess): Promise<Exit> => new Promise((resolve) => launched.onExit(resolve));
const messageOf = async (launched: LaunchedProcess): Promise<unknown> =>
  new Promise((resolve) => launched.onMessage(resolve));

describe('launching', () => {
  it('gives exactly the environment, folder, channel and sockets that were asked for', async () => {
    const socket = bindUnixSocket(join(folder, 'w.sock'));
    const launched = await start(
      `const server = require('net').createServer().listen({ fd: 4 }, () => process.send({ env: Object.keys(process.env).sort(), cwd: process.cwd(), listening: server.listening }))`,
      { channel: true, sockets: [socket.fd] },
    );
    expect(await messageOf(launched)).toMatchObject({ env: ['ONLY', 'PATH', 'POOLHOUSE_PROCESS'], listening: true });
    launched.killTree();
    expect(await exitOf(launched)).toEqual({ code: null, signal: 'SIGKILL' });
    socket.close();
    expect(readdirSync(folder)).not.toContain('w.sock');
  });

  it('forbids new privileges and gives the process a group of its own', async () => {
    const launched = await start(`process.send(require('fs').readFileSync('/proc/self/status', 'utf8'))`, {
      channel: true,
    });
    expect(await messageOf(launched)).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(await exitOf(launched)).toMatchObject({ code: 0 });
  });

  it('M-131 raises the stack limit before the program starts', async () => {
    const bytes = 64 * 1024 * 1024;
    const launched = await start(`process.send(require('fs').readFileSync('/proc/self/limits', 'utf8'))`, {
      channel: true,
      stackLimitBytes: bytes,
    });
    expect(await messageOf(launched)).toMatch(new RegExp(`Max stack size\\s+${bytes}`));
  });

  it('kills the whole tree, sessions of their own included', async () => {
    const launched = await start(
      `const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true }); process.send(child.pid); setInterval(() => {}, 1000)`,
      { channel: true },
    );
    const grandchild = (await messageOf(launched)) as number;
    expect(processTree(launched.pid)).toContain(grandchild);
    launched.killTree();
    await exitOf(launched);
    await expect.poll(() => processStat(grandchild)?.state ?? 'Z').toBe('Z');
  });

  it('kills what a process that has ended left in a session of its own', async () => {
    const launched = await start(
      `const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' }); child.unref(); process.send(child.pid, () => process.exit(0))`,
      { channel: true },
    );
    const left = (await messageOf(launched)) as number;
    await exitOf(launched);
    expect(processStat(left)?.state).not.toBe('Z');
    launched.killRemains();
    await expect.poll(() => processStat(left)?.state ?? 'Z').toBe('Z');
  });

  it('captures output from where the process began, without colours', async () => {
    const output = new OutputFile(join(folder, 'pool.0.log'));
    await exitOf(await start(`console.log('earlier')`, { output: output.fd }));
    const begin = output.size();
    await exitOf(
      await start(`console.log('\\u001b[31mred\\u001b[0m'); console.error('x'.repeat(40_000))`, { output: output.fd }),
    );
    const text = readCapturedOutput(output.fd, begin);
    expect(text.startsWith('red\nxxx')).toBe(true);
    expect(text).toHaveLength(30_000);
    output.close();
  });

  it('M-121 M-122 opens the log of the module with its pid, in folders that it makes', async () => {
    const launched = await start(`console.log('to the log'); console.error('both')`, {
      logFilePrefix: join(folder, 'logs', 'deep', 'stdout'),
    });
    await exitOf(launched);
    const [name] = readdirSync(join(folder, 'logs', 'deep'));
    expect(name).toMatch(new RegExp(`^stdout_\\d{14}_${launched.pid}\\.log$`));
    expect(readFileSync(join(folder, 'logs', 'deep', name ?? ''), 'utf8')).toBe('to the log\nboth\n');
  });

  it('M-122 starts all the same when the log cannot be written', async () => {
    const launched = await start(`process.send('started')`, { channel: true, logFilePrefix: '/proc/none/stdout' });
    expect(await messageOf(launched)).toBe('started');
  });

  it('text of the configuration is never read by a shell', async () => {
    const launched = await start(`process.send(process.argv.slice(1))`, {
      ...{ channel: true, logFilePrefix: join(folder, '$(touch hacked) ; `x`') },
      arguments: ['-e', `process.send(process.argv.slice(1))`, '$(touch hacked)', '; touch hacked', '`touch hacked`'],
    });
    expect(await messageOf(launched)).toEqual(['$(touch hacked)', '; touch hacked', '`touch hacked`']);
    await exitOf(launched);
    expect(readdirSync(folder)).not.toContain('hacked');
  });

  it('signals nobody once the process has ended: its number may be another’s by then', async () => {
    const launched = await start('');
    await exitOf(launched);
    const kill = vi.spyOn(process, 'kill');
    onTestFinished(() => kill.mockRestore());
    launched.killTree();
    launched.signal('SIGTERM');
    expect(kill).not.toHaveBeenCalled();
  });

  it('hands variables of the dynamic linker to the program, =-signs in its path included', async () => {
    const odd = join(folder, 'a=b');
    symlinkSync(process.execPath, odd);
    const launched = await start(
      `process.send({ path: process.env.LD_LIBRARY_PATH, own: process.env.ONLY, malloc: process.env.MALLOC_ARENA_MAX })`,
      {
        ...{ program: odd, channel: true },
        environment: { LD_LIBRARY_PATH: '/opt/its own/lib', ONLY: 'this', MALLOC_ARENA_MAX: '2' },
      },
    );
    expect(await messageOf(launched)).toEqual({ path: '/opt/its own/lib', own: 'this', malloc: '2' });
  });

  it.runIf(process.getuid?.() === 0)(
    'lets no variable of an application act while we are still root (needs root)',
    async () => {
      const traces = mkdtempSync(join(tmpdir(), 'poolhouse-linker-'));
      chmodSync(traces, 0o777);
      const launched = await start('', {
        ...{ program: '/bin/true', arguments: [], credentials: { uid: 65_534, gid: 65_534, groups: [] } },
        // The dynamic linker writes this file before the program begins, as whoever runs it.
        environment: { LD_DEBUG: 'libs', LD_DEBUG_OUTPUT: join(traces, 'trace') },
      });
      expect(await exitOf(launched)).toMatchObject({ code: 0 });
      const files = readdirSync(traces);
      expect(files).toHaveLength(1);
      expect(statSync(join(traces, files[0] ?? '')).uid).toBe(65_534);
    },
  );
});
