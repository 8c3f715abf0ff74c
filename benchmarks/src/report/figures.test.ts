import { describe, expect, it } from 'vitest';
import { median, summarise } from './figures.ts';

describe('median', () => {
  it.each([
    [[], null],
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
  ])('of %j is %j', (values, middle) => expect(median(values)).toBe(middle));
});

describe('summarise', () => {
  const samples = [
    { scenario: 'GET', subject: 'nginx', cpuMicrosPerRequest: 10, failed: 1 },
    { scenario: 'GET', subject: 'other', cpuMicrosPerRequest: 15 },
    { scenario: 'GET', subject: 'nginx', cpuMicrosPerRequest: 30, failed: 2 },
    { scenario: 'GET', subject: 'nginx', cpuMicrosPerRequest: 20, p50Ms: 0.1234, p99Ms: null },
    { scenario: 'POST', subject: 'other', cpuMicrosPerRequest: 15 },
  ];

  it('takes medians over the rounds, adds failures and compares with nginx in the same scenario', () => {
    expect(
      summarise(samples).map(({ row }) => [row.scenario, row.subject, row.cpuMicrosPerRequest, row.ratioToNginx]),
    ).toEqual([
      ['GET', 'nginx', 20, 1],
      ['GET', 'other', 15, 0.75],
      ['POST', 'other', 15, null],
    ]);
    expect(summarise(samples)[0]?.row).toMatchObject({ failed: 3, p50Ms: 0.123, p99Ms: null, requestsPerSecond: null });
  });

  it('tells how far the rounds lie apart', () => {
    expect(summarise(samples).map(({ spread }) => spread)).toEqual([0.5, null, null]);
  });
});
