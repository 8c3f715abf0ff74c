import { existsSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { commandLine, environmentOf, fixtureApp, until, useHost } from '../harness/index.ts';
import { hasPython, notifySocket } from './systemd.ts';

const canNotify = hasPython && existsSync('/usr/bin/systemd-notify');
const serviceVariables = ['NOTIFY_SOCKET', 'WATCHDOG_USEC'];

describe.runIf(canNotify)('the service manager (needs systemd-notify and python3)', () => {
  it('is told when Poolhouse serves, reloads, lives and ends; no process below hears of it', async () => {
    const { path, messages } = await notifySocket();
    const host = await useHost({
      environment: { NOTIFY_SOCKET: path, WATCHDOG_USEC: '400000' },
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs', { hostingModel: 'outofprocess' }) } }],
    });
    const supervisor = host.supervisor.pid!;
    const said = (assignment: string): string[][] => messages.filter((message) => message.includes(assignment));
    await until('READY=1', () => said('READY=1').length === 1);
    expect(said('READY=1')).toEqual([
      [`MAINPID=${supervisor}`, 'READY=1', expect.stringMatching(/^STATUS=revision \d+: 1 site, 1 pool$/)],
    ]);
    await until('a sign of life', () => said('WATCHDOG=1').length >= 2);

    host.supervisor.kill('SIGHUP');
    await until('the end of the reload', () => said('READY=1').length === 2);
    const order = messages.flatMap((message) => message.filter((line) => /^(READY|RELOADING)=1$/.test(line)));
    expect(order).toEqual(['READY=1', 'RELOADING=1', 'READY=1']);
    expect(said('RELOADING=1')[0]).toContainEqual(expect.stringMatching(/^MONOTONIC_USEC=\d+$/));

    expect((await host.get('/')).status).toBe(200);
    const pids = [...host.pids().gateway, ...host.pids().app].filter((pid) => !commandLine(pid)[0]?.endsWith('notify'));
    expect(pids).toHaveLength(2);
    for (const pid of pids)
      expect(Object.keys(environmentOf(pid)).filter((name) => serviceVariables.includes(name))).toEqual([]);

    await host.stop();
    expect(said('STOPPING=1')).toHaveLength(1);
    expect(messages.at(-1)).not.toContain('READY=1');
  });
});
