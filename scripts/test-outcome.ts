import { relative } from 'node:path';
import { repository } from './step.ts';

export interface TestOutcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly skippedTitles: readonly string[];
}

export const noOutcome: TestOutcome = { passed: 0, failed: 0, skipped: 0, skippedTitles: [] };

/** The part of vitest's JSON report that is counted. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/**
 * Counts a run. A file that could not be loaded counts as one failure, and so does a run that failed without
 * a failed test, or left no report: nothing that went wrong may count as nothing.
 */
export function readOutcome(json: string | undefined, ok: boolean): TestOutcome {
  if (json === undefined) return { ...noOutcome, failed: 1 };
  const files = (JSON.parse(json) as Report).testResults;
  const tests = files.flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ ...test, title: `${relative(repository, name)}: ${test.fullName}` })),
  );
  const failedTests = tests.filter(({ status }) => status === 'failed').length;
  const brokenFiles = files.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const skippedTitles = tests
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ title }) => title);
  const failed = failedTests + brokenFiles;
  return { passed, failed: failed === 0 && !ok ? 1 : failed, skipped: skippedTitles.length, skippedTitles };
}

export function addOutcomes(a: TestOutcome, b: TestOutcome): TestOutcome {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    skippedTitles: [...a.skippedTitles, ...b.skippedTitles],
  };
}

/** The last line of every test run; `.ci/run` adds such lines up. */
export function formatOutcome({ passed, failed, skipped }: TestOutcome): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
