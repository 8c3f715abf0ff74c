import { describe, expect, it } from 'vitest';
import { afterFailure, type FailedAttempt } from './forwarding-failure.ts';

const raced: FailedAttempt = {
  failure: 'closed before response',
  kind: 'app',
  method: 'GET',
  hasBody: false,
  reused: true,
  answered: false,
  retries: 0,
  upstreamLives: true,
};

describe('afterFailure', () => {
  const cases: readonly (readonly [name: string, change: Partial<FailedAttempt>, next: string])[] = [
    ['the keep-alive race', {}, 'retry'],
    ['PUT', { method: 'PUT' }, 'retry'],
    ['DELETE', { method: 'DELETE' }, 'retry'],
    ['POST', { method: 'POST' }, 'fail'],
    ['PATCH', { method: 'PATCH' }, 'fail'],
    ['a method of unknown meaning', { method: 'FOO' }, 'fail'],
    ['a body', { hasBody: true }, 'fail'],
    ['a new connection', { reused: false }, 'fail'],
    ['a byte of the answer', { answered: true }, 'fail'],
    ['a retry before', { retries: 1 }, 'fail'],
    ['a worker', { kind: 'worker' }, 'fail'],
    ['a process that is gone', { upstreamLives: false }, 'fail'],
    ['a time-out', { failure: 'response timed out' }, 'fail'],
    ['a broken head', { failure: 'response head invalid' }, 'fail'],
    ['no connection', { failure: 'connect failed', reused: false }, 'requeue'],
    ['no connection, POST with a body', { failure: 'connect failed', method: 'POST', hasBody: true }, 'requeue'],
    ['no connection to a worker', { failure: 'connect failed', kind: 'worker', upstreamLives: false }, 'requeue'],
    ['no connection, twice', { failure: 'connect failed', retries: 1 }, 'fail'],
  ];
  it.each(cases)('H-147 H-148 %s', (_, change, next) => {
    expect(afterFailure({ ...raced, ...change })).toBe(next);
  });
});
