import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeeperAnswer } from './keeper-job.ts';
import { parseKeeperAnswer } from './parse-keeper-answer.ts';

const key = {
  ...{ id: '657cf77b-e662-48e4-912a-c80edc60e56b', algorithm: 'x', protection: 'clear' },
  ...{
    created: '2026-11-22T08:00:00.000Z',
    activates: '2026-11-24T08:00:00.000Z',
    expires: '+010000-01-01T00:00:00.000Z',
  },
  ...{ revoked: false, default: true },
};
const good: KeeperAnswer = {
  ...{ ok: true, keys: [key], changed: ['i'], warnings: [], problem: 'p', archive: '{}' },
  elements: [{ name: 'key-1', text: '<key/>' }],
};

describe("a keeper's answer", () => {
  it.each([good, { ok: false, error: 'why' }])('is taken as it is: %j', (answer) => {
    expect(parseKeeperAnswer(answer)).toEqual(answer);
  });

  it.each([
    ['no object', 'text'],
    ['a list', []],
    ['nothing', null],
    ['a failure with more', { ok: false, error: 'why', keys: [] }],
    ['a failure without reason', { ok: false }],
    ['another outcome', { ...good, ok: 'yes' }],
    ['an unknown field', { ...good, more: 1 }],
    ['a key without dates', { ...good, keys: [{ id: 'i' }] }],
    ['a key with another id', { ...good, keys: [{ ...key, id: '\u001b[2J' }] }],
    ['a key of another time', { ...good, keys: [{ ...key, created: '\u001b[2J' }] }],
    ['a key with more', { ...good, keys: [{ ...key, secret: 's' }] }],
    ['a name that leads elsewhere', { ...good, elements: [{ name: '../key-1', text: '' }] }],
    ['an element without text', { ...good, elements: [{ name: 'key-1' }] }],
    ['a warning of many pages', { ...good, warnings: ['x'.repeat(10_001)] }],
    ['an archive that is none', { ...good, archive: 1 }],
    ['more than anybody has', { ...good, archive: 'x'.repeat(33 * 1024 * 1024) }],
  ])('is refused: %s', (_, value) => {
    expect(parseKeeperAnswer(value)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        parseKeeperAnswer(value);
      }),
    );
  });
});
