import type { Machine } from '../machine/machine.ts';
import type { Summary } from './figures.ts';

const columns = ['', 'CPU µs', '× nginx', 'spread', 'requests/s', 'p50 ms', 'p99 ms', 'MB', 'failed'];

/** The figures for people: one block per scenario, or one line per scenario where there is one subject only. */
export function formatTable(benchmark: string, machine: Machine, summaries: readonly Summary[]): string {
  const lines = [
    `${benchmark}, ${machine.date}: ${machine.cores} × ${machine.processor}${machine.virtual ? ' (virtual machine)' : ''}, ` +
      `Linux ${machine.kernel}, Node.js ${machine.node}`,
    machine.placement,
  ];
  const scenarios = Map.groupBy(summaries, ({ row }) => row.scenario);
  const onlyScenarios = scenarios.size > 1 && scenarios.size === summaries.length;
  const blocks = onlyScenarios ? [[summaries[0]?.row.subject ?? '', summaries] as const] : scenarios;
  for (const [title, group] of blocks) {
    const rows = group.map((summary) => cellsOf(summary, onlyScenarios ? summary.row.scenario : summary.row.subject));
    const cells = [[title, ...columns.slice(1)], ...rows];
    const widths = columns.map((_, index) => {
      const used = index === 0 || cells.slice(1).some((row) => row[index] !== '');
      return used ? Math.max(...cells.map((row) => row[index]?.length ?? 0)) : 0;
    });
    const format = (row: readonly string[]): string =>
      row.flatMap((cell, index) => (widths[index] === 0 ? [] : [align(cell, index, widths)])).join('  ');
    lines.push('', ...cells.map(format));
  }
  return lines.join('\n');
}

function cellsOf({ row, spread }: Summary, title: string): string[] {
  return [
    title,
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
