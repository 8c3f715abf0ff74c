import { expect, it } from 'vitest';
import { formatDiagnostics } from './diagnostic-lines.ts';

it('lists diagnostics by file, line and column, one line each', () => {
  const at = (file: string, line: number, column: number, message: string) =>
    ({ severity: 'error', file, line, column, message }) as const;
  expect(
    formatDiagnostics([at('/b', 1, 1, 'x'), at('/a', 10, 1, 'y\nz'), at('/a', 9, 2, 'w'), at('/a', 9, 1, 'v')]),
  ).toBe('/a:9:1: error: v\n/a:9:2: error: w\n/a:10:1: error: y z\n/b:1:1: error: x');
});
