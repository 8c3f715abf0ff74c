import { describe, expect, it } from 'vitest';
import { choosePort } from './port-choice.ts';
import type { PortProbe } from './port-choice.ts';

/** A machine on which these ports cannot be bound, for these reasons. */
function machine(problems: Readonly<Record<number, string>>, known = true): PortProbe {
  return {
    bind: (_, port) => problems[port],
    holder: (port) => (known && port in problems ? { pid: 4211, command: 'node other.js' } : undefined),
  };
}
const choose = (asked: number | undefined, probe: PortProbe) => choosePort(asked, ['127.0.0.1'], probe);

describe('choosePort', () => {
  it('G-20 is 8080', () => {
    expect(choose(undefined, machine({}))).toEqual({ port: 8080 });
  });

  it('G-21 is the next free one when 8080 is taken, and says so', () => {
    expect(choose(undefined, machine({ 8080: 'EADDRINUSE', 8081: 'EADDRINUSE' }))).toEqual({
      port: 8082,
      message: 'port 8080 is taken by process 4211 (node other.js); using 8082',
    });
    expect(choose(undefined, machine({ 8080: 'EADDRINUSE' }, false)).message).toBe('port 8080 is taken; using 8081');
  });

  it('is the one asked for', () => {
    expect(choose(3000, machine({ 8080: 'EADDRINUSE' }))).toEqual({ port: 3000 });
  });

  it.each([
    [8080, 'EADDRINUSE', 'port 8080 is taken by process 4211 (node other.js)'],
    [80, 'EACCES', 'port 80 needs rights that this user does not have'],
    [3000, 'EADDRNOTAVAIL', 'port 3000 cannot be opened: EADDRNOTAVAIL'],
  ])('G-21 port %i with %s is refused with 13', (port, problem, message) => {
    expect(() => choose(port, machine({ [port]: problem }))).toThrow(expect.objectContaining({ exit: 13, message }));
  });

  it('gives up when a hundred ports are taken', () => {
    const all = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [8080 + index, 'EADDRINUSE']));
    expect(() => choose(undefined, machine(all))).toThrow(/port 8080 is taken/);
  });
});
