import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultValue, parseAttributeValue } from './attribute-value.ts';
import type { AttributeSchema } from './section-schema.ts';
import { formatTimeSpan, parseTimeSpan } from './time-span.ts';

const reasons = { Time: 1, Requests: 2, Memory: 8 };
const schemas = {
  bool: { type: 'bool' },
  enum: { type: 'enum', values: { OnDemand: 0, AlwaysRunning: 1 } },
  flags: { type: 'flags', values: reasons },
  int: { type: 'int' },
  uint: { type: 'uint' },
  queueLength: { type: 'uint', validation: { kind: 'integerRange', min: 10, max: 65535 } },
  maxBandwidth: { type: 'uint', validation: { kind: 'integerRange', min: 0, max: 1023, exclude: true } },
  idleTimeout: {
    type: 'timeSpan',
    validation: { kind: 'timeSpanRange', minSeconds: 0, maxSeconds: 2_592_000, granularitySeconds: 60 },
  },
  seconds: { type: 'timeSpan', format: 'seconds' },
  poolName: { type: 'string', validation: { kind: 'applicationPoolName' } },
  siteName: { type: 'string', validation: { kind: 'siteName' } },
  path: { type: 'string', validation: { kind: 'applicationPath' } },
  trimmed: { type: 'string', validation: { kind: 'requireTrimmedString' } },
  filled: { type: 'string', validation: { kind: 'nonEmptyString' } },
} as const satisfies Record<string, AttributeSchema>;

describe('parseAttributeValue', () => {
  it.each<[keyof typeof schemas, string, unknown]>([
    ['bool', 'True', true],
    ['bool', 'false', false],
    ['enum', 'alwaysrunning', 'AlwaysRunning'],
    ['flags', 'Time, memory,Time', ['Time', 'Memory']],
    ['flags', '', []],
    ['int', '-2147483648', -2_147_483_648],
    ['uint', '4294967295', 4_294_967_295],
    ['queueLength', '10', 10],
    ['maxBandwidth', '1024', 1024],
    ['idleTimeout', '00:20:00', 1_200_000],
    ['idleTimeout', '29:00:00', 104_400_000],
    ['idleTimeout', '1.05:00:00', 104_400_000],
    ['seconds', '90', 90_000],
    ['poolName', 'Default App.Pool', 'Default App.Pool'],
    ['siteName', 'www.contoso.com', 'www.contoso.com'],
    ['path', '/', '/'],
    ['path', '/a/b.c', '/a/b.c'],
  ])('reads %s %j', (name, text, value) => {
    expect(parseAttributeValue(schemas[name], text)).toEqual({ value });
  });

  it.each<[string, keyof typeof schemas, string, string]>([
    ['C-60', 'bool', '1', 'true or false'],
    ['bool', 'bool', ' true', 'true or false'],
    ['enum', 'enum', '1', 'one of OnDemand, AlwaysRunning'],
    ['C-62', 'flags', 'Time, Bogus', 'names separated by commas, from Time, Requests, Memory'],
    ['flags', 'flags', 'Time,', 'names separated by commas, from Time, Requests, Memory'],
    ['C-74', 'uint', 'abc', 'an unsigned integer'],
    ['uint', 'uint', '-1', 'an unsigned integer'],
    ['uint', 'uint', '+1', 'an unsigned integer'],
    ['uint', 'uint', '0x10', 'an unsigned integer'],
    ['uint', 'uint', '4294967296', 'an integer from 0 to 4294967295'],
    ['int', 'int', '1e3', 'an integer'],
    ['C-55', 'queueLength', '9', 'a number from 10 to 65535'],
    ['C-59', 'maxBandwidth', '1000', 'a number outside 0 to 1023'],
    ['C-56', 'idleTimeout', '00:00:30', 'a time from 00:00:00 to 30.00:00:00 in steps of 60 seconds'],
    ['C-58', 'idleTimeout', '00:60:00', 'a time as [d.]hh:mm:ss, minutes and seconds at most 59'],
    ['timeSpan', 'idleTimeout', '1.24:00:00', 'a time as [d.]hh:mm:ss, minutes and seconds at most 59'],
    ['timeSpan', 'idleTimeout', '-00:01:00', 'a time as [d.]hh:mm:ss, minutes and seconds at most 59'],
    ['timeSpan', 'idleTimeout', 'Infinite', 'a time as [d.]hh:mm:ss, minutes and seconds at most 59'],
    ['seconds', 'seconds', '00:01:00', 'a whole number of seconds'],
    ['C-63', 'poolName', 'a/b', 'a name without "/" (and none of |<>&"/\\[]+=;:,?*@)'],
    ['site name', 'siteName', 'a?b', 'a name without "?" (and none of /?\\)'],
    ['site name', 'siteName', '', 'a name that is not empty'],
    ['C-64', 'path', '/x/', 'a path that does not end with / (except / itself)'],
    ['path', 'path', 'x', 'a path that starts with /'],
    ['path', 'path', '/x/../y', 'a path without . and .. segments'],
    ['trimmed', 'trimmed', ' a', 'text without white space at its ends'],
    ['filled', 'filled', '', 'text that is not empty'],
  ])('%s refuses %s %j', (_, name, text, expected) => {
    expect(parseAttributeValue(schemas[name], text)).toMatchObject({ expected });
  });

  it('C-57 reads 29 hours as 104400 seconds', () => {
    expect(parseTimeSpan('29:00:00')).toBe(104_400 * 1000);
  });

  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_294_967_000 * 1000 }), (milliseconds) => {
        expect(parseTimeSpan(formatTimeSpan(milliseconds))).toBe(milliseconds);
      }),
    );
  });
});

describe('defaultValue', () => {
  it.each<[AttributeSchema, unknown]>([
    [{ type: 'timeSpan', default: '29:00:00' }, 104_400_000],
    [{ type: 'timeSpan' }, 0],
    [{ type: 'uint', default: 5 }, 5],
    [{ type: 'uint' }, 0],
    [{ type: 'bool' }, false],
    [{ type: 'string' }, ''],
    [{ type: 'flags', values: reasons }, []],
    [{ type: 'flags', values: reasons, default: ['Time'] }, ['Time']],
    [{ type: 'enum', values: { B: 1, A: 0 } }, 'A'],
  ])('of %j is %j', (schema, value) => {
    expect(defaultValue(schema)).toEqual(value);
  });
});
