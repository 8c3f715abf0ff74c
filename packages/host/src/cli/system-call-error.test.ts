import { mkdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { systemCallError } from './system-call-error.ts';

function failureOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

describe('systemCallError', () => {
  it.each([
    [() => mkdirSync(`${import.meta.filename}/x`), 'PH2108', 1, /\.test\.ts\/x: not a directory \(mkdir\)$/],
    [() => readFileSync('/nowhere/at/all'), 'PH2108', 1, /^\/nowhere\/at\/all: no such file or directory \(open\)$/],
  ])('%s is %s', (act, code, exit, message) => {
    expect(systemCallError(failureOf(act))).toMatchObject({ code, exit, message: expect.stringMatching(message) });
  });

  it('says what to do where a right is missing', () => {
    const error = { errno: -constants.errno.EACCES, code: 'EACCES', path: '/srv/run', syscall: 'mkdir' };
    expect(systemCallError(Object.assign(new Error('x'), error))).toMatchObject({
      ...{ code: 'PH5004', exit: 5, message: '/srv/run: permission denied (mkdir)' },
      hints: [['try', 'a user who may do that there, or another file or folder']],
    });
  });

  it.each([[new Error('x')], [new TypeError('y')], ['text'], [undefined]])('%s is of another kind', (error) => {
    expect(systemCallError(error)).toBeUndefined();
  });
});
