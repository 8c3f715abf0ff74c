import { describe, expect, it } from 'vitest';
import { formatTable } from './table.ts';
import type { Column } from './table.ts';

interface Row {
  readonly name: string;
  readonly count: number;
  readonly note: string;
}

const columns: Column<Row>[] = [
  { heading: 'NAME', value: (row) => row.name },
  { heading: 'COUNT', value: (row) => String(row.count), align: 'right' },
  { heading: 'NOTE', value: (row) => row.note, mayBeCut: true },
];
const rows: Row[] = [
  { name: 'shop', count: 5, note: '' },
  { name: 'a-longer-name', count: 12_345, note: 'exit 134, rapid-fail protection' },
];

describe('formatTable', () => {
  it('aligns, without borders or trailing blanks', () => {
    expect(formatTable(columns, rows)).toBe(
      [
        'NAME           COUNT  NOTE',
        'shop               5',
        'a-longer-name  12345  exit 134, rapid-fail protection',
      ].join('\n'),
    );
  });

  it('cuts only the column that may be cut, and only to fit', () => {
    const lines = formatTable(columns, rows, 40).split('\n');
    expect(lines[2]).toBe('a-longer-name  12345  exit 134, rapid-f…');
    expect(formatTable(columns, rows, 200)).toBe(formatTable(columns, rows));
    expect(formatTable(columns, rows, 10)).toContain('a-longer-name');
  });

  it('counts no width for colours', () => {
    const coloured = formatTable(columns, [{ name: '\u001b[31mred\u001b[39m', count: 1, note: 'x' }]);
    expect(coloured.split('\n')[1]).toBe('\u001b[31mred\u001b[39m       1  x');
  });

  it('is its headings when there are no rows', () => {
    expect(formatTable(columns, [])).toBe('NAME  COUNT  NOTE');
  });
});
