import { mkdtempSync, writeFileSync } from 'node:fs';
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
