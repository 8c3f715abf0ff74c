import { describe, expect, it } from 'vitest';
import { summarise } from './figures.ts';
import { formatTable } from './table.ts';

const machine = {
  processor: 'Processor',
  cores: 2,
  memoryGB: 4,
  virtual: true,
  kernel: '6.1',
  node: 'v26.0.0',
  placement: 'all on one core',
  date: '2026-11-22',
};

describe('formatTable', () => {
  it('shows the columns that have figures, and a ratio to each reference', () => {
    const references = { ratioToFirst: 'first', ratioToThird: 'third' };
    const samples = [
      { scenario: 'work', subject: 'first', cpuMicrosPerRequest: 10, p50Micros: 11, p99Micros: 20 },
      { scenario: 'work', subject: 'second', cpuMicrosPerRequest: 12, p50Micros: 13, p99Micros: null },
      { scenario: 'work', subject: 'third', cpuMicrosPerRequest: 6 },
    ];
    expect(formatTable('name', machine, summarise(samples, references), references).split('\n')).toEqual([
      'name, 2026-11-22: 2 × Processor (virtual machine), Linux 6.1, Node.js v26.0.0',
      'all on one core',
      '',
      'work    CPU µs  × first  × third  p50 µs  p99 µs  failed',
      'first     10.0     1.00     1.67    11.0    20.0       0',
      'second    12.0     1.20     2.00    13.0               0',
      'third      6.0     0.60     1.00                       0',
    ]);
  });
});
