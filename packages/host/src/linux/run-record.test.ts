import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { launch, processStat, RunRecord, SupervisorRunningError } from './index.ts';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'poolhouse-run-'));

describe('the run folder', () => {
  it('belongs to one supervisor, until it lets go', () => {
    const folder = newFolder();
    const { record } = RunRecord.take(folder);
    expect(() => RunRecord.take(folder)).toThrow(SupervisorRunningError);
    record.release();
    RunRecord.take(folder).record.release();
  });

  it.each([
    ['a process that is gone', JSON.stringify({ pid: 4_194_300, startTime: '1' })],
    ['another process with its pid', JSON.stringify({ pid: process.pid, startTime: '1' })],
    ['a file that was cut short', '{"pid":'],
  ])('is not held by %s', (_, lock) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'supervisor.lock'), lock);
    RunRecord.take(folder).record.release();
  });

  it('is taken by one of many that start at the same moment', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'supervisor.lock'), JSON.stringify({ pid: 4_194_300, startTime: '1' }));
    const script = `
      import { RunRecord } from ${JSON.stringify(new URL('run-record.ts', import.meta.url).href)};
      process.once('message', () => {
        try { RunRecord.take(process.argv[1]); process.send('owner'); } catch (error) { process.send(error.name + error.message); }
      });
      setInterval(() => {}, 1_000);
      process.send('loaded');`;
    const contenders = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      }),
    );
    await Promise.all(contenders.map(async (each) => once(each, 'message')));
    const answers = Promise.all(contenders.map(async (each) => once(each, 'message')));
    for (const each of contenders) each.send('go');
    const said = (await answers).map(([answer]) => String(answer));
    for (const each of contenders) each.kill('SIGKILL');
    expect(said.filter((answer) => answer === 'owner')).toHaveLength(1);
    expect(said.filter((answer) => answer.includes('another supervisor'))).toHaveLength(5);
    expect(readdirSync(folder)).toEqual(['supervisor.lock']);
  });

  it('goes on without a record when that cannot be written', () => {
    const folder = newFolder();
    const { record } = RunRecord.take(folder);
    rmSync(folder, { recursive: true });
    expect(() => record.add({ pid: 4_194_300, startTime: '1', mark: '' })).not.toThrow();
    expect(() => record.delete(4_194_300)).not.toThrow();
    record.release();
  });

  it('what a killed supervisor left is ended, and nothing else', async () => {
    const folder = newFolder();
    const request = {
      program: process.execPath,
      arguments: ['-e', 'setInterval(() => {}, 1000)'],
      workingDirectory: folder,
    };
    const rest = { environment: {}, output: undefined, channel: false, sockets: [], credentials: undefined };
    const [left, other] = await Promise.all([launch({ ...request, ...rest }), launch({ ...request, ...rest })]);
    const { record } = RunRecord.take(folder);
    record.add(left);
    record.add({ pid: other.pid, startTime: `${other.startTime}0`, mark: '' });
    writeFileSync(join(folder, 'supervisor.lock'), JSON.stringify({ pid: 4_194_300, startTime: '1' }));
    const second = RunRecord.take(folder);
    expect(second.leftovers).toBeGreaterThanOrEqual(1);
    await expect.poll(() => processStat(left.pid)?.state ?? 'gone').toMatch(/^(Z|gone)$/);
    expect(processStat(other.pid)?.state).not.toBe('Z');
    other.killTree();
    second.record.release();
  });
});
