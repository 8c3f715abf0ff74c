import { describe, expect, it } from 'vitest';
import { type ErrorLogEntry, readRequestLine } from './error-log-entry.ts';
import { errorLogHead, formatErrorLogLine } from './error-log-line.ts';

const noon = Date.UTC(2026, 10, 22, 12, 0, 0, 999);
const entry: ErrorLogEntry = {
  client: { remoteAddress: '203.0.113.7', remotePort: 50_123, localAddress: '192.0.2.1', localPort: 80 },
  request: { method: 'GET', target: '/a?b=c', version: '1.1' },
  status: 503,
  reason: 'QueueFull',
  siteId: 7,
  queue: 'my shop',
};
const text = (changes: Partial<ErrorLogEntry> = {}): string =>
  formatErrorLogLine({ ...entry, ...changes }, noon, 'Text');

describe('a line of text', () => {
  it.each<[string, Partial<ErrorLogEntry>, string]>([
    ['all fields', {}, '203.0.113.7 50123 192.0.2.1 80 HTTP/1.1 GET /a?b=c 503 7 QueueFull my+shop'],
    [
      'no request',
      { request: undefined, status: 0, siteId: undefined, reason: 'Timer_ConnectionIdle', queue: undefined },
      '203.0.113.7 50123 192.0.2.1 80 - - - - - Timer_ConnectionIdle -',
    ],
    [
      'IPv6 with a zone',
      { client: { remoteAddress: 'fe80::1%eth0', remotePort: 1, localAddress: '::1', localPort: 80 } },
      'fe80::1%eth0 1 ::1 80 HTTP/1.1 GET /a?b=c 503 7 QueueFull my+shop',
    ],
    [
      'a version of two digits',
      { request: { method: 'GET', target: '/', version: '10.1' } },
      '203.0.113.7 50123 192.0.2.1 80 HTTP/?.? GET / 503 7 QueueFull my+shop',
    ],
    [
      'line breaks and blanks in values',
      { queue: 'a\r\nb\tc\u2028d\u0085e' },
      '203.0.113.7 50123 192.0.2.1 80 HTTP/1.1 GET /a?b=c 503 7 QueueFull a++b+c+d+e',
    ],
  ])('holds %s', (_, changes, expected) => {
    expect(text(changes)).toBe(`2026-11-22 12:00:00 ${expected}\n`);
  });

  it('cuts long methods and addresses', () => {
    const request = { method: 'M'.repeat(300), target: `/${'a'.repeat(5_000)}`, version: '1.1' };
    const [, , , , , , , method, uri] = text({ request }).split(' ');
    expect([method?.length, uri?.length]).toEqual([255, 4_096]);
  });

  it('is told by the head of its file', () => {
    expect(errorLogHead(noon, 'Text')).toBe(
      '#Software: Poolhouse\n#Version: 1.0\n#Date: 2026-11-22 12:00:00\n#Fields: date time c-ip c-port s-ip s-port ' +
        'cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename\n',
    );
  });
});

it('is one JSON object where that is wanted, without what is not there', () => {
  const line = formatErrorLogLine({ ...entry, siteId: undefined, queue: 'a\nb' }, noon, 'Json');
  expect(line.indexOf('\n')).toBe(line.length - 1);
  expect(JSON.parse(line)).toEqual({
    ...{ date: '2026-11-22', time: '12:00:00', 'c-ip': '203.0.113.7', 'c-port': 50_123, 's-ip': '192.0.2.1' },
    ...{ 's-port': 80, 'cs-version': 'HTTP/1.1', 'cs-method': 'GET', 'cs-uri': '/a?b=c', 'sc-status': 503 },
    ...{ 's-reason': 'QueueFull', 's-queuename': 'a\nb' },
  });
  expect(errorLogHead(noon, 'Json')).toBe('');
});

describe('readRequestLine', () => {
  it.each([
    ['GET /a HTTP/1.1\r\nHost: a', { method: 'GET', target: '/a', version: '1.1' }],
    ['GET /a HTTP/1.1\nHost: a', { method: 'GET', target: '/a', version: '1.1' }],
    ['GET /a HTTP/12.0\r\n', { method: 'GET', target: '/a', version: '12.0' }],
    ['GET /a HTTP/1.1x', { method: 'GET', target: '/a', version: '' }],
    ['GET /a', { method: 'GET', target: '/a', version: '' }],
    ['GET /a b HTTP/1.1\r\n', { method: 'GET', target: '/a', version: '' }],
    ['GET /\u00e9 HTTP/1.1\r\n', { method: 'GET', target: '/', version: '' }],
    ['GET', undefined],
    ['GE(T / HTTP/1.1', undefined],
    ['\u0016\u0003\u0001', undefined],
    ['', undefined],
  ])('reads %j as far as it is well-formed', (head, expected) => {
    expect(readRequestLine(head)).toEqual(expected);
  });
});
