import type { Machine } from '../machine/machine.ts';
import { nginxAsReference } from './figures.ts';
import type { RatioName, References, Summary } from './figures.ts';

interface Column {
  readonly title: string;
  readonly cell: (summary: Summary) => string;
}

function columnsFor(references: References): Column[] {
  return [
    column('CPU µs', ({ row }) => number(row.cpuMicrosPerRequest, 1)),
    ...Object.entries(references).map(([name, subject]) =>
      column(`× ${subject}`, ({ row }) => number(row[name as RatioName] ?? null, 2)),
    ),
    column('spread', ({ spread }) => (spread === null ? '' : `±${(spread * 100).toFixed(0)} %`)),
    column('requests/s', ({ row }) => number(row.requestsPerSecond, 0)),
    column('p50 ms', ({ row }) => number(row.p50Ms, 2)),
    column('p99 ms', ({ row }) => number(row.p99Ms, 2)),
    column('p50 µs', ({ row }) => number(row.p50Micros, 1)),
    column('p99 µs', ({ row }) => number(row.p99Micros, 1)),
    column('MB', ({ row }) => number(row.memoryMB, 1)),
    column('failed', ({ row }) => String(row.failed)),
  ];
}

function column(title: string, cell: Column['cell']): Column {
  return { title, cell };
}

/** The figures for people: one block per scenario, or one line per scenario where there is one subject only. */
export function formatTable(
  benchmark: string,
  machine: Machine,
  summaries: readonly Summary[],
  references: References = nginxAsReference,
): string {
  const lines = [
    `${benchmark}, ${machine.date}: ${machine.cores} × ${machine.processor}${machine.virtual ? ' (virtual machine)' : ''}, ` +
      `Linux ${machine.kernel}, Node.js ${machine.node}`,
    machine.placement,
  ];
  const columns = columnsFor(references);
  const scenarios = Map.groupBy(summaries, ({ row }) => row.scenario);
  const onlyScenarios = scenarios.size > 1 && scenarios.size === summaries.length;
  const blocks = onlyScenarios ? [[summaries[0]?.row.subject ?? '', summaries] as const] : scenarios;
  for (const [title, group] of blocks) {
    const rows = group.map((summary) => [
      onlyScenarios ? summary.row.scenario : summary.row.subject,
      ...columns.map(({ cell }) => cell(summary)),
    ]);
    const cells = [[title, ...columns.map(({ title }) => title)], ...rows];
    const widths = (cells[0] ?? []).map((_, index) => {
      const used = index === 0 || rows.some((row) => row[index] !== '');
      return used ? Math.max(...cells.map((row) => row[index]?.length ?? 0)) : 0;
    });
    const format = (row: readonly string[]): string =>
      row.flatMap((cell, index) => (widths[index] === 0 ? [] : [align(cell, index, widths)])).join('  ');
    lines.push('', ...cells.map(format));
  }
  return lines.join('\n');
}

function number(value: number | null, digits: number): string {
  if (value === null) return '';
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function align(cell: string, index: number, widths: readonly number[]): string {
  const width = widths[index] ?? 0;
  return index === 0 ? cell.padEnd(width) : cell.padStart(width);
}
