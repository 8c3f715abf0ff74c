import { describe, expect, it } from 'vitest';
import { calmMs, isCalm, longestWaitMs, look, type Watch } from './settling.ts';

describe('what counts as calm', () => {
  it.each([
    [[], true],
    [['PipeWrap'], true],
    [['PipeWrap', 'TCPServerWrap', 'TCPServerWrap', 'TTYWrap'], true],
    [['PipeWrap', 'PipeWrap'], false],
    [['PipeWrap', 'Timeout'], false],
    [['PipeWrap', 'TCPSocketWrap'], false],
    [['FSReqPromise'], false],
    [['GetAddrInfoReqWrap', 'PipeWrap'], false],
  ])('%j → %s', (resources, calm) => {
    expect(isCalm(resources, 1)).toBe(calm);
  });

  it('knows pipes that are standard output and error', () => {
    const pipes = ['PipeWrap', 'PipeWrap', 'PipeWrap'];
    expect([isCalm(pipes, 3), isCalm(pipes, 2)]).toEqual([true, false]);
  });
});

describe('when a candidate is taken', () => {
  const quiet = ['PipeWrap'];
  const busy = ['PipeWrap', 'Timeout'];
  /** Looks in turn; answers when it settled. */
  const settledAt = (looks: readonly (readonly [now: number, resources: string[]])[]): number | undefined => {
    let watch: Watch = { listeningSince: 0, calmSince: undefined, ownPipes: 1 };
    for (const [now, resources] of looks) {
      const { settled, ...next } = look(watch, resources, now);
      if (settled) return now;
      watch = next;
    }
    return undefined;
  };

  it.each([
    [
      'after a moment of calm',
      [
        [0, quiet],
        [calmMs - 1, quiet],
        [calmMs, quiet],
      ],
      calmMs,
    ],
    [
      'not by moments of calm with work between',
      [
        [0, quiet],
        [60, busy],
        [120, quiet],
        [180, busy],
        [240, quiet],
      ],
      undefined,
    ],
    [
      'a moment after the work ended',
      [
        [0, busy],
        [50, quiet],
        [50 + calmMs, quiet],
      ],
      50 + calmMs,
    ],
    [
      'at the limit, whatever is under way',
      [
        [0, busy],
        [longestWaitMs - 1, busy],
        [longestWaitMs, busy],
      ],
      longestWaitMs,
    ],
  ] as const)('%s', (_when, looks, expected) => {
    expect(settledAt(looks)).toBe(expected);
  });
});
