import { expect, it } from 'vitest';
import { parseTrustedProxy } from './trusted-proxy.ts';

it.each([
  ['unix', 'unix'],
  ['127.0.0.1', { address: '127.0.0.1', family: 'ipv4', prefix: 32 }],
  ['10.0.0.0/8', { address: '10.0.0.0', family: 'ipv4', prefix: 8 }],
  ['0.0.0.0/0', { address: '0.0.0.0', family: 'ipv4', prefix: 0 }],
  ['::1', { address: '::1', family: 'ipv6', prefix: 128 }],
  ['2001:db8::/32', { address: '2001:db8::', family: 'ipv6', prefix: 32 }],
])('reads %s', (text, expected) => {
  expect(parseTrustedProxy(text)).toEqual(expected);
});

it.each([
  ...['', ' ', 'Unix', 'localhost', 'proxy.example', '*', '10.0.0', '10.0.0.256', '010.0.0.1', '10.0.0.1:80'],
  ...['10.0.0.0/', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/+8', '10.0.0.0/8/8', '10.0.0.0/255.0.0.0', '/8'],
  ...['10.0.0.0-10.0.0.9', '10.0.0.1, 10.0.0.2', ' 10.0.0.1', '10.0.0.1\n'],
  ...['[::1]', '::1/129', '::1/', 'fe80::1%eth0', '2001:db8:::', '::ffff:10.0.0.1', '::FFFF:0:0/96'],
])('does not read %j', (text) => {
  expect(parseTrustedProxy(text)).toBeUndefined();
});
