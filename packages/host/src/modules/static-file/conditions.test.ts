import { describe, expect, it } from 'vitest';
import { injectExchange } from '../../gateway/testing/injected-exchange.ts';
import { evaluateConditions, rangeApplies } from './conditions.ts';

const lastModified = Date.UTC(2026, 0, 2, 3, 4, 5);
const date = 'Fri, 02 Jan 2026 03:04:05 GMT';
const earlier = 'Fri, 02 Jan 2026 03:04:04 GMT';
const later = 'Fri, 02 Jan 2026 03:04:06 GMT';
const current = { etag: '"a:0"', lastModified };
const now = Date.UTC(2026, 10, 22);

const evaluate = (
  headers: Record<string, string>,
  validators = current as { etag: string | undefined; lastModified: number },
) => evaluateConditions(injectExchange({ headers }).request, validators, now);

describe('evaluateConditions', () => {
  it.each([
    [{}, 'proceed'],
    [{ 'If-None-Match': '"a:0"' }, 'not-modified'],
    [{ 'If-None-Match': 'W/"a:0"' }, 'not-modified'],
    [{ 'If-None-Match': '"x", "a:0"' }, 'not-modified'],
    [{ 'If-None-Match': '*' }, 'not-modified'],
    [{ 'If-None-Match': '"x"' }, 'proceed'],
    [{ 'If-None-Match': '"x"', 'If-Modified-Since': later }, 'proceed'],
    [{ 'If-Modified-Since': date }, 'not-modified'],
    [{ 'If-Modified-Since': later }, 'not-modified'],
    [{ 'If-Modified-Since': earlier }, 'proceed'],
    [{ 'If-Modified-Since': 'yesterday' }, 'proceed'],
    [{ 'If-Match': '"a:0"' }, 'proceed'],
    [{ 'If-Match': '*' }, 'proceed'],
    [{ 'If-Match': 'W/"a:0"' }, 'precondition-failed'],
    [{ 'If-Match': '"x"' }, 'precondition-failed'],
    [{ 'If-Match': '"x"', 'If-None-Match': '"a:0"' }, 'precondition-failed'],
    [{ 'If-Match': '"a:0"', 'If-None-Match': '"a:0"' }, 'not-modified'],
    [{ 'If-Match': '"a:0"', 'If-Unmodified-Since': earlier }, 'proceed'],
    [{ 'If-Unmodified-Since': earlier }, 'precondition-failed'],
    [{ 'If-Unmodified-Since': date }, 'proceed'],
    [{ 'If-Unmodified-Since': 'never' }, 'proceed'],
  ])('H-135 %j: %s', (headers, expected) => {
    expect(evaluate(headers)).toBe(expected);
  });

  it('knows no tag where setEtag is off', () => {
    const untagged = { etag: undefined, lastModified };
    expect(evaluate({ 'If-None-Match': '"a:0"' }, untagged)).toBe('proceed');
    expect(evaluate({ 'If-Match': '*' }, untagged)).toBe('proceed');
    expect(evaluate({ 'If-Match': '"a:0"' }, untagged)).toBe('precondition-failed');
  });
});

describe('rangeApplies', () => {
  it.each([
    [undefined, true],
    ['"a:0"', true],
    ['"stale:0"', false],
    ['W/"a:0"', false],
    [date, true],
    [later, false],
    [earlier, false],
    ['nonsense', false],
  ])('H-137 If-Range %j: %s', (ifRange, expected) => {
    const headers: Record<string, string> = ifRange === undefined ? {} : { 'If-Range': ifRange };
    expect(rangeApplies(injectExchange({ headers }).request, current, now)).toBe(expected);
  });
});
