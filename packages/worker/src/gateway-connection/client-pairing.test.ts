import { describe, expect, it } from 'vitest';
import { ClientPairing, Pairing } from './client-pairing.ts';

const token = 'a'.repeat(64);
const right = `${token} https 2.0 4711 2001:db8::1`;

describe('facts of a connection', () => {
  it('reads nothing before the token has come', () => {
    const pairing = new Pairing();
    const client = new ClientPairing(pairing);
    expect(client.read(right)).toBeUndefined();
    pairing.pair(token);
    expect(client.read(right)).toEqual({ token, scheme: 'https', version: '2.0', port: 4711, address: '2001:db8::1' });
    expect(client.paired).toBe(true);
  });

  it('is not paired by a wrong token', () => {
    const client = paired();
    client.read(right.replace('a', 'b'));
    expect(client.paired).toBe(false);
  });

  it('tells more clients apart than it keeps', () => {
    const client = paired();
    for (const port of [...Array(600).keys(), 3, 599]) {
      expect(client.read(`${token} http 1.1 ${port} 192.0.2.1`)).toMatchObject({ port });
    }
  });

  it('gives the same object for the same value', () => {
    const client = paired();
    expect(client.read(right)).toBe(client.read(right));
    expect(client.read(`${token} http 1.1 1 192.0.2.1`)).toMatchObject({ address: '192.0.2.1' });
  });

  it.each([
    ['nothing', undefined],
    ['an empty value', ''],
    ['another token', right.replace('a', 'b')],
    ['a longer token', `a${right}`],
    ['a shorter token', right.slice(1)],
    ['no token', right.slice(token.length)],
    ['no facts', token],
    ['facts of another scheme', `${token} ftp 1.1 1 192.0.2.1`],
    ['facts with more words', `${right} more`],
  ])('refuses %s, before and after the right one', (_what, value) => {
    const client = paired();
    expect(client.read(value)).toBeUndefined();
    expect(client.read(right)).toBeDefined();
    expect(client.read(value)).toBeUndefined();
    expect(client.read(right)).toBeDefined();
  });
});

describe('waiting for the token', () => {
  it('calls back when it comes, and at once afterwards', () => {
    const pairing = new Pairing();
    const calls: string[] = [];
    pairing.whenPaired(() => calls.push('before'));
    expect(calls).toEqual([]);
    pairing.pair(token);
    pairing.whenPaired(() => calls.push('after'));
    expect(calls).toEqual(['before', 'after']);
  });
});

function paired(): ClientPairing {
  const pairing = new Pairing();
  pairing.pair(token);
  return new ClientPairing(pairing);
}
