import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlap, placeListener, type PlacedListener, type Role } from './placement.ts';

const applicationPort = 8080;
const listener = (role: Role, port: number, address = '::', askedPort = port): PlacedListener => ({
  ...{ role, port, address, askedPort, ipv6Only: false },
});
const ask = (port: number, address = '::') => ({ port, address, ipv6Only: false });

describe('the role of the next HTTP server', () => {
  const metrics = listener('candidate', 9090);
  const anyPort = listener('application', applicationPort, '::', 0);
  const certain = listener('application', applicationPort);
  const elected = listener('application', 3000);

  it.each([
    ['on PORT, first', [], ask(8080), { role: 'application', port: 8080 }],
    ['on port 0, first', [], ask(0), { role: 'application', port: 8080 }],
    ['on another port, first', [], ask(9090), { role: 'candidate', port: 9090 }],
    ['on PORT, after a candidate', [metrics], ask(8080), { role: 'application', port: 8080, displaced: metrics }],
    ['on port 0, after a candidate', [metrics], ask(0), { role: 'application', port: 8080, displaced: metrics }],
    ['on PORT, after one on port 0', [anyPort], ask(8080), { role: 'application', port: 8080, displaced: anyPort }],
    [
      'on PORT, after one that was taken',
      [elected],
      ask(8080),
      { role: 'application', port: 8080, displaced: elected },
    ],
    ['on port 0, after the application', [certain], ask(0), { role: 'other', port: 0 }],
    ['on port 0, after one that was taken', [elected], ask(0), { role: 'other', port: 0 }],
    ['on another port, after the application', [certain], ask(9090), { role: 'other', port: 9090 }],
    ['on another port, after a candidate', [metrics], ask(9091), { role: 'other', port: 9091 }],
    [
      'on PORT and another address',
      [listener('application', 8080, '127.0.0.1')],
      ask(8080, '::1'),
      { role: 'alias', port: 8080 },
    ],
    [
      'on a candidate’s port and another address',
      [listener('candidate', 3000, '127.0.0.1')],
      ask(3000, '::1'),
      { role: 'alias', port: 3000 },
    ],
  ] as const)('%s', (_what, listening, asked, expected) => {
    expect(placeListener(listening, asked, applicationPort)).toEqual({ inUse: false, ...expected });
  });

  it.each([
    ['PORT again', [certain], ask(8080)],
    ['PORT again on an address that :: covers', [certain], ask(8080, '127.0.0.1')],
    ['the port of a candidate again', [metrics], ask(9090)],
    ['the port of a server that is really bound', [certain, listener('other', 9090)], ask(9090, '::1')],
    [
      'the port of an alias again',
      [listener('application', 8080, '127.0.0.1'), listener('alias', 8080, '::1')],
      ask(8080, '::1'),
    ],
  ])('%s: in use', (_what, listening, asked) => {
    expect(placeListener(listening, asked, applicationPort)).toEqual({ inUse: true });
  });

  it('leaves at most one application or candidate, and PORT always to its own server', () => {
    const request = fc.record({
      port: fc.constantFrom(0, 3000, 8080, 9090),
      address: fc.constantFrom('::', '0.0.0.0', '127.0.0.1', '::1'),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 8 }), (requests) => {
        const listening: PlacedListener[] = [];
        for (const { port, address } of requests) {
          const placement = placeListener(listening, ask(port, address), applicationPort);
          if (placement.inUse) continue;
          const { displaced } = placement;
          if (displaced !== undefined)
            listening[listening.indexOf(displaced)] = { ...displaced, role: 'other', port: displaced.askedPort };
          listening.push({ ...listener(placement.role, placement.port, address, port) });
        }
        const holders = listening.filter(({ role }) => role === 'application' || role === 'candidate');
        expect(holders.length).toBe(listening.length === 0 ? 0 : 1);
        if (requests.some(({ port }) => port === 8080))
          expect(holders[0]).toMatchObject({ role: 'application', askedPort: 8080 });
      }),
    );
  });
});

describe('addresses that exclude each other on one port', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '::1', false],
    ['0.0.0.0', '127.0.0.1', true],
    ['0.0.0.0', '::1', false],
    ['::', '127.0.0.1', true],
    ['::', '0.0.0.0', true],
    ['::', '::1', true],
  ])('%s and %s → %s', (a, b, expected) => {
    const of = (address: string) => ({ address, ipv6Only: false });
    expect([overlap(of(a), of(b)), overlap(of(b), of(a))]).toEqual([expected, expected]);
  });

  it('knows IPv6-only sockets', () => {
    expect(overlap({ address: '::', ipv6Only: true }, { address: '0.0.0.0', ipv6Only: false })).toBe(false);
    expect(overlap({ address: '::', ipv6Only: true }, { address: '::1', ipv6Only: false })).toBe(true);
  });
});
