import { describe, expect, it } from 'vitest';
import { createMismatchReport } from './mismatch-report.ts';

describe('createMismatchReport', () => {
  it('reports at most once a minute, and counts what it left out', () => {
    let time = 7;
    const lines: string[] = [];
    const report = createMismatchReport(
      (line) => lines.push(line),
      () => time,
    );
    report();
    report();
    time += 59_999;
    report();
    expect(lines).toHaveLength(1);
    time += 1;
    report();
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/, 2 more since the last such line$/);
    time += 60_000;
    report();
    expect(lines[2]).toBe(lines[0]);
  });
});
