import { describe, expect, it } from 'vitest';
import { afterFailure, castsDoubt, type FailedAttempt, type ForwardingFailure } from './forwarding-failure.ts';

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
    ['a stream refused, POST with a body', { failure: 'request refused', method: 'POST', hasBody: true }, 'requeue'],
    ['a stream refused, twice', { failure: 'request refused', retries: 1 }, 'fail'],
    ['a session with too much to do', { failure: 'session overloaded', kind: 'worker' }, 'requeue'],
    ['a session with too much to do, POST', { failure: 'session overloaded', method: 'POST' }, 'fail'],
    ['a session with too much to do, a body', { failure: 'session overloaded', hasBody: true }, 'fail'],
    ['a session with too much to do, twice', { failure: 'session overloaded', retries: 1 }, 'fail'],
    ['a stream reset', { failure: 'reset before response' }, 'fail'],
  ];
  it.each(cases)('H-147 H-148 %s', (_, change, next) => {
    expect(afterFailure({ ...raced, ...change })).toBe(next);
  });
});

describe('castsDoubt', () => {
  it.each<[ForwardingFailure, 'worker' | 'app', boolean]>([
    ['connect failed', 'app', true],
    ['closed before response', 'worker', true],
    ['closed before response', 'app', false],
    ['request refused', 'worker', false],
    ['session overloaded', 'worker', false],
    ['reset before response', 'worker', false],
    ['response body broken', 'worker', false],
  ])('%s, %s: %j', (failure, kind, doubt) => {
    expect(castsDoubt(failure, kind)).toBe(doubt);
  });
});
