import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from './step.ts';
import { addOutcomes, formatOutcome, noOutcome, readOutcome } from './test-outcome.ts';

const file = (status: string, ...tests: [status: string, fullName: string][]) => ({
  name: join(repository, 'test/a.test.ts'),
  status,
  assertionResults: tests.map(([each, fullName]) => ({ status: each, fullName })),
});
const outcome = (ok: boolean, ...testResults: ReturnType<typeof file>[]) =>
  formatOutcome(readOutcome(JSON.stringify({ testResults }), ok));

describe('readOutcome', () => {
  it('counts tests of all files', () => {
    const report = [file('passed', ['passed', 'a'], ['skipped', 'b'], ['todo', 'c']), file('failed', ['failed', 'd'])];
    expect(outcome(false, ...report)).toBe('1 passed, 1 failed, 2 skipped');
  });

  it.each([
    ['a file that could not be loaded', outcome(false, file('failed'), file('passed', ['passed', 'a']))],
    ['a run that failed without a failed test', outcome(false, file('passed', ['passed', 'a']))],
  ])('counts %s as a failure', (_, counted) => {
    expect(counted).toBe('1 passed, 1 failed, 0 skipped');
  });

  it('counts a run without a report as a failure', () => {
    expect(readOutcome(undefined, true).failed).toBe(1);
  });

  it('names what was skipped, with its file', () => {
    const json = JSON.stringify({ testResults: [file('passed', ['skipped', 'needs systemd'])] });
    expect(readOutcome(json, true).skippedTitles).toEqual(['test/a.test.ts: needs systemd']);
  });
});

describe('addOutcomes', () => {
  it('adds up', () => {
    const one = { passed: 1, failed: 2, skipped: 1, skippedTitles: ['x'] };
    expect(addOutcomes(addOutcomes(noOutcome, one), one)).toEqual({
      passed: 2,
      failed: 4,
      skipped: 2,
      skippedTitles: ['x', 'x'],
    });
  });
});
