import { describe, expect, it } from 'vitest';
import { GracefulStop } from './graceful-stop.ts';

function rehearse(steps: { close?: () => Promise<void>; onStopped?: () => void | Promise<void> }) {
  const done: string[] = [];
  const exited = Promise.withResolvers<number>();
  const stop = new GracefulStop({
    close: steps.close ?? (async () => void done.push('closed')),
    onStopped: steps.onStopped ?? (() => void done.push('stopped')),
    exit: exited.resolve,
    report: (message) => done.push(message),
  });
  return { stop, done, exited: exited.promise };
}

describe('GracefulStop', () => {
  it('M-51 closes, then takes the last step, then exits with 0, however often it is asked', async () => {
    const { stop, done, exited } = rehearse({});
    stop.begin();
    stop.begin();
    expect(await exited).toBe(0);
    stop.begin();
    expect(done).toEqual(['closed', 'stopped']);
  });

  it('takes the last step only after the last response', async () => {
    const closed = Promise.withResolvers<void>();
    const { stop, done, exited } = rehearse({ close: () => closed.promise });
    stop.begin();
    await Promise.resolve();
    expect(done).toEqual([]);
    closed.resolve();
    expect(await exited).toBe(0);
    expect(done).toEqual(['stopped']);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('no database'))],
    [
      'throws',
      () => {
        throw new Error('no database');
      },
    ],
  ])('says so and exits with 1 when the last step %s', async (_, onStopped) => {
    const { stop, done, exited } = rehearse({ onStopped });
    stop.begin();
    expect(await exited).toBe(1);
    expect(done.join('\n')).toMatch(/the application failed while it stopped: Error: no database/);
  });
});
