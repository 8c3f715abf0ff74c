import { expect, it } from 'vitest';
import { Latencies } from './latencies.ts';

it('gives nearest-rank percentiles of more values than it first has room for', () => {
  const latencies = new Latencies();
  for (let value = 100_000; value >= 1; value--) latencies.add(value);
  expect(latencies.count).toBe(100_000);
  expect(latencies.percentiles(0, 0.5, 0.99, 1)).toEqual([1, 50_000, 99_000, 100_000]);
});

it('has none without values', () => {
  expect(new Latencies().percentiles(0.5)).toEqual([null]);
});
