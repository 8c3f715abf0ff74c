import { stripVTControlCharacters } from 'node:util';

export interface Column<Row> {
  readonly heading: string;
  readonly value: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** The column that gives way when a terminal is too narrow; never one with names or ids. */
  readonly mayBeCut?: boolean;
}

/**
 * A table without borders: headings in upper case, two blanks between columns, nothing at the end of lines.
 *
 * @param width columns of the terminal; undefined = never cut
 */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width?: number): string {
  const cells = [columns.map(({ heading }) => heading), ...rows.map((row) => columns.map(({ value }) => value(row)))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => displayWidth(line[index] ?? ''))));
  cutToFit(columns, widths, width);
  return cells
    .map((line) =>
      columns
        .map(({ align }, index) => fill(line[index] ?? '', widths[index] ?? 0, align ?? 'left'))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cutToFit<Row>(columns: readonly Column<Row>[], widths: number[], width: number | undefined): void {
  const index = columns.findIndex(({ mayBeCut }) => mayBeCut === true);
  if (width === undefined || index === -1) return;
  const excess = widths.reduce((sum, each) => sum + each, 0) + 2 * (columns.length - 1) - width;
  const now = widths[index] ?? 0;
  if (excess > 0) widths[index] = Math.max(8, now - excess);
}

function fill(text: string, width: number, align: 'left' | 'right'): string {
  const missing = width - displayWidth(text);
  if (missing < 0) return `${stripVTControlCharacters(text).slice(0, width - 1)}…`;
  return align === 'left' ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

/** Columns on a terminal; colours take none. Wide characters count as one, which the names here rarely have. */
function displayWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
