import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration } from './format-values.ts';

describe('formatBytes', () => {
  it.each([
    [null, '-'],
    [0, '0 B'],
    [1023, '1023 B'],
    [2048, '2 KB'],
    [1_500_000, '1.4 MB'],
    [112_394_240, '107 MB'],
    [3 * 1024 ** 3, '3.0 GB'],
    [5_000 * 1024 ** 4, '5000 TB'],
  ])('%s is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [999, '0 s'],
    [59_999, '59 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h 0 min'],
    [90_061_000, '1 d 1 h'],
    [-5, '0 s'],
  ])('%i ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('formatCount', () => {
  it.each([
    [0, '0 processes'],
    [1, '1 process'],
    [2, '2 processes'],
  ])('%i', (count, text) => {
    expect(formatCount(count, 'process', 'processes')).toBe(text);
  });
});
