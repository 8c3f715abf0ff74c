import { describe, expect, it } from 'vitest';
import { RetryBudget } from './retry-budget.ts';

describe('RetryBudget', () => {
  it('allows a hundred retries a second in any case', () => {
    const budget = new RetryBudget();
    const allowed = Array.from({ length: 120 }, () => budget.tryRetry(500));
    expect(allowed.filter(Boolean)).toHaveLength(100);
    expect(budget.tryRetry(1_000)).toBe(true);
  });

  it('allows a fifth of the requests of a second to a busy one', () => {
    const budget = new RetryBudget();
    for (let count = 0; count < 1_000; count++) budget.request(500);
    const allowed = Array.from({ length: 300 }, () => budget.tryRetry(900));
    expect(allowed.filter(Boolean)).toHaveLength(200);
  });
});
