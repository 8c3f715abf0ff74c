import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseForwardedFor, parseForwardedProto, splitLastElement } from './forwarded.ts';

describe('splitLastElement', () => {
  it.each([
    ['', '', ''],
    ['a', '', 'a'],
    ['a, b', 'a', 'b'],
    ['a,b ,  c ', 'a,b', 'c'],
    ['a,', 'a', ''],
  ])('M-91 %j: %j and %j', (list, rest, last) => {
    expect(splitLastElement(list)).toEqual({ rest, last });
  });
});

describe('parseForwardedFor', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7', 0],
    ['203.0.113.7:51234', '203.0.113.7', 51234],
    ['[2001:db8::1]:51234', '2001:db8::1', 51234],
    ['[2001:db8::1]', '2001:db8::1', 0],
    ['2001:db8::1', '2001:db8::1', 0],
    ['::ffff:203.0.113.7', '::ffff:203.0.113.7', 0],
    ['fe80::1%eth0', 'fe80::1%eth0', 0],
  ])('M-91 reads %s', (element, address, port) => {
    expect(parseForwardedFor(element)).toEqual({ address, port });
  });

  it.each([
    '',
    'unix',
    'unknown',
    '_hidden',
    'localhost:80',
    '1.2.3',
    '1.2.3.4:',
    '1.2.3.4:65536',
    '1.2.3.4:123456',
    '[1.2.3.4]:80',
    '[::1',
    '::1]',
    '[::1]80',
    '[[::1]]:80',
    '1.2.3.4:80:80',
    '1.2.3.4 ',
  ])('M-91 believes nothing in %j', (element) => {
    expect(parseForwardedFor(element)).toBeUndefined();
  });

  it('M-91 reads every address that a gateway writes', () => {
    const port = fc.integer({ min: 0, max: 65_535 });
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), port, (address, number) => {
        const written = isIP(address) === 6 ? `[${address}]:${number}` : `${address}:${number}`;
        expect(parseForwardedFor(written)).toEqual({ address, port: number });
        expect(parseForwardedFor(address)).toEqual({ address, port: 0 });
      }),
    );
  });

  it('M-91 gives nothing but addresses, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string(), (element) => {
        const client = parseForwardedFor(element);
        if (client !== undefined) expect(isIP(client.address)).not.toBe(0);
      }),
    );
  });
});

describe('parseForwardedProto', () => {
  it.each([
    ['http', 'http'],
    ['HTTPS', 'https'],
    ['', undefined],
    ['wss', undefined],
    ['https ', undefined],
  ])('reads %j as %j', (element, scheme) => {
    expect(parseForwardedProto(element)).toBe(scheme);
  });
});
