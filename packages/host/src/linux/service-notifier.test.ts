import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createServiceNotifier, watchdogIntervalMs } from './service-notifier.ts';

const hasNotify = existsSync('/usr/bin/systemd-notify');
const hasPython = existsSync('/usr/bin/python3');

/** A service manager's side: a datagram socket whose messages arrive as arrays of assignments, with their sender. */
async function listen(): Promise<{
  readonly path: string;
  readonly messages: readonly { sender: number; says: string[] }[];
}> {
  const path = join(mkdtempSync(join(tmpdir(), 'poolhouse-notify-')), 'notify');
  const script = `
import json, socket, struct, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
s.bind(sys.argv[1])
print('"bound"', flush=True)
while True:
    data, ancillary, _, _ = s.recvmsg(4096, 256)
    sender = [struct.unpack('3i', d)[0] for _, t, d in ancillary if t == socket.SCM_CREDENTIALS]
    if data != b'BARRIER=1': print(json.dumps({'sender': sender[0], 'says': data.decode().split('\\n')}), flush=True)
    for _, t, d in ancillary:
        if t == socket.SCM_RIGHTS: __import__('os').close(struct.unpack('i', d)[0])`;
  const child: ChildProcess = spawn('/usr/bin/python3', ['-c', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout! });
  await once(lines, 'line');
  const messages: { sender: number; says: string[] }[] = [];
  lines.on('line', (line) => messages.push(JSON.parse(line) as { sender: number; says: string[] }));
  return { path, messages };
}

const unexpected = (what: string): void => {
  throw new Error(`not expected: ${what}`);
};

describe('what systemd is told', () => {
  it.runIf(hasNotify && hasPython)(
    'arrives in order, and names us as the main process (needs systemd-notify and python3)',
    async () => {
      const { path, messages } = await listen();
      const notifier = createServiceNotifier({
        ...{ environment: { NOTIFY_SOCKET: path }, pid: process.pid, missing: unexpected, failed: unexpected },
      });
      const before = process.hrtime.bigint() / 1_000n;
      notifier.ready('2 sites\nREADY=0');
      notifier.reloading();
      notifier.ready('3 sites');
      notifier.status('4 sites');
      notifier.stopping('ends');
      await expect.poll(() => messages.length).toBe(5);
      const said = messages.map(({ says }) => says.filter((line) => line !== `MAINPID=${process.pid}`));
      const [, usec] = /^MONOTONIC_USEC=(\d+)$/.exec(said[1]?.[1] ?? '') ?? [];
      expect(BigInt(usec ?? 0) >= before && BigInt(usec ?? 0) <= process.hrtime.bigint() / 1_000n).toBe(true);
      expect(said).toEqual([
        ['READY=1', 'STATUS=2 sites READY=0'],
        ['RELOADING=1', expect.stringMatching(/^MONOTONIC_USEC=/)],
        ['READY=1', 'STATUS=3 sites'],
        ['STATUS=4 sites'],
        ['STOPPING=1', 'STATUS=ends'],
      ]);
      expect(messages.every(({ says }) => says.includes(`MAINPID=${process.pid}`))).toBe(true);
      // With the rights of root the message is ours; without, that of a child: NotifyAccess=all.
      if (process.getuid?.() === 0) expect(messages.map(({ sender }) => sender)).toEqual(Array(5).fill(process.pid));
    },
  );

  it.runIf(hasNotify && hasPython)(
    'gives the watchdog a sign of life, again and again (needs systemd-notify and python3)',
    async () => {
      const { path, messages } = await listen();
      const environment = { NOTIFY_SOCKET: path, WATCHDOG_USEC: '200000', WATCHDOG_PID: String(process.pid) };
      const errors: string[] = [];
      const notifier = createServiceNotifier({
        ...{ environment, pid: process.pid, missing: unexpected, failed: (error) => errors.push(error) },
      });
      onTestFinished(() => notifier.close());
      notifier.ready('serves');
      await expect
        .poll(() => messages.filter(({ says }) => says.includes('WATCHDOG=1')).length)
        .toBeGreaterThanOrEqual(3);
      expect(errors).toEqual([]);
    },
  );

  it.runIf(hasNotify)('tells once when nobody listens, and goes on (needs systemd-notify)', async () => {
    const errors: string[] = [];
    const notifier = createServiceNotifier({
      ...{ environment: { NOTIFY_SOCKET: '/nonexistent/notify' }, pid: process.pid, missing: unexpected },
      failed: (error) => errors.push(error),
    });
    notifier.ready('serves');
    notifier.stopping('ends');
    await expect.poll(() => errors.length).toBe(1);
    expect(errors[0]).toMatch(/notify/i);
  });

  it('is missed once when the program is not installed', () => {
    const missing: string[] = [];
    const notifier = createServiceNotifier({
      ...{ environment: { NOTIFY_SOCKET: '/run/notify' }, pid: 7, program: '/nonexistent/systemd-notify' },
      ...{ missing: (program) => missing.push(program), failed: unexpected },
    });
    notifier.ready('serves');
    notifier.stopping('ends');
    expect(missing).toEqual(['/nonexistent/systemd-notify']);
  });

  it('is nothing without a service manager', () => {
    const notifier = createServiceNotifier({ environment: {}, pid: 7, missing: unexpected, failed: unexpected });
    notifier.ready('serves');
    notifier.reloading();
  });

  it.each([
    ['half of it', { WATCHDOG_USEC: '30000000' }, 15_000],
    ['ours by pid', { WATCHDOG_USEC: '30000000', WATCHDOG_PID: '7' }, 15_000],
    ['another’s', { WATCHDOG_USEC: '30000000', WATCHDOG_PID: '8' }, undefined],
    ['none', {}, undefined],
    ['off', { WATCHDOG_USEC: '0' }, undefined],
    ['no number', { WATCHDOG_USEC: '30s' }, undefined],
    ['too short for processes', { WATCHDOG_USEC: '1000' }, 100],
    ['longer than a timer can be', { WATCHDOG_USEC: '999999999999999' }, 2 ** 31 - 1],
  ])('the interval of the watchdog: %s', (_, environment, ms) => {
    expect(watchdogIntervalMs(environment, 7)).toBe(ms);
  });
});
