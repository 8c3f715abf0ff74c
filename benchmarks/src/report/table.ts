import type { Machine } from '../machine/machine.ts';
import type { Summary } from './figures.ts';

const columns = ['', 'CPU µs', '× nginx', 'spread', 'requests/s', 'p50 ms', 'p99 ms', 'MB', 'failed'];

/** The figures for people: one block per scenario. */
export function formatTable(benchmark: string, machine: Machine, summaries: readonly Summary[]): string {
  const lines = [
    `${benchmark}, ${machine.date}: ${machine.cores} × ${machine.processor}${machine.virtual ? ' (virtual machine)' : ''}, ` +
      `Linux ${machine.kernel}, Node.js ${machine.node}`,
    machine.placement,
  ];
  for (const [scenario, group] of Map.groupBy(summaries, ({ row }) => row.scenario)) {
    const cells = [[scenario, ...columns.slice(1)], ...group.map(cellsOf)];
    const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
    lines.push('', ...cells.map((row) => row.map((cell, index) => align(cell, index, widths)).join('  ')));
  }
  return lines.join('\n');
}

function cellsOf({ row, spread }: Summary): string[] {
  return [
    row.subject,
    number(row.cpuMicrosPerRequest, 1),
    number(row.ratioToNginx, 2),
    spread === null ? '' : `±${(spread * 100).toFixed(0)} %`,
    number(row.requestsPerSecond, 0),
    number(row.p50Ms, 2),
    number(row.p99Ms, 2),
    number(row.memoryMB, 1),
    String(row.failed),
  ];
}

function number(value: number | null, digits: number): string {
  if (value === null) return '';
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function align(cell: string, index: number, widths: readonly number[]): string {
  const width = widths[index] ?? 0;
  return index === 0 ? cell.padEnd(width) : cell.padStart(width);
}
