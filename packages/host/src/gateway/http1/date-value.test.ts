import { expect, it } from 'vitest';
import { isHttpDate } from './date-value.ts';

const date = 'Sun, 06 Nov 1994 08:49:37 GMT';

it('finds a date within a text', () => {
  expect(isHttpDate(`Date: ${date}\r\n`, 6, 35)).toBe(true);
  expect(isHttpDate(`Date: ${date}\r\n`, 5, 35)).toBe(false);
  expect(isHttpDate(`Date: ${date}\r\n`, 6, 34)).toBe(false);
});

it.each([
  '',
  'd',
  'Sunday, 06-Nov-94 08:49:37 GMT',
  'Sun Nov  6 08:49:37 1994',
  'Sun, 06 Nov 1994 08:49:37 UTC',
  'Sun, 06 Nov 1994 08:49:37 gmt',
  'sun, 06 Nov 1994 08:49:37 GMT',
  'Sun, 06 NOV 1994 08:49:37 GMT',
  'Sun, 6 Nov 01994 08:49:37 GMT',
  'Sun, 06 Nov 1994 08.49.37 GMT',
  'Sun, 06 Nov 1994 0x:49:37 GMT',
  `${date},`,
])('%j is none', (text) => {
  expect(isHttpDate(text, 0, text.length)).toBe(false);
});
