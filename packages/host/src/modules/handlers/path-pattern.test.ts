import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPathPattern } from './path-pattern.ts';

const fits = (pattern: string, path: string): boolean =>
  createPathPattern(pattern)(
    path
      .toLowerCase()
      .split('/')
      .filter((name) => name !== ''),
  );

describe('createPathPattern', () => {
  it.each([
    ['*', '/', true],
    ['*', '/a/b.c', true],
    ['*.', '/a/b', true],
    ['*.', '/a.b', false],
    ['*.', '/a.b/c', true],
    ['*.', '/', true],
    ['*.php', '/index.php', true],
    ['*.php', '/blog/INDEX.PHP', true],
    ['*.php', '/index.php/news/1', true],
    ['*.php', '/index.phpx', false],
    ['*.php', '/php', false],
    ['server.js', '/server.js', true],
    ['Server.js', '/SERVER.js', true],
    ['server.js', '/sub/server.js', true],
    ['server.js', '/server.js/debug', true],
    ['server.js', '/myserver.js', false],
    ['bin/www', '/bin/www', true],
    ['bin/www', '/x/bin/www/y', true],
    ['bin/www', '/bin/x/www', false],
    ['bin/www', '/www', false],
    ['/api/*', '/api/users', true],
    ['/api/*', '/x/api/users', false],
    ['/api/*', '/api', false],
    ['/api', '/api/users/1', true],
    ['/', '/', true],
    ['/', '/a', false],
    ['test?.*', '/test1.txt', true],
    ['test?.*', '/test.txt', false],
    ['*a*b*c', '/xxaxxbxxc', true],
    ['*a*b*c', '/xxaxxcxxb', false],
    ['*.axd', '/trace.axd', true],
  ])('%s fits %s: %s', (pattern, path, expected) => {
    expect(fits(pattern, path)).toBe(expected);
  });

  it('agrees with a regular expression on wildcards in one name', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 7 }).map((letters) => letters.join(''));
    const name = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 8 }).map((letters) => letters.join(''));
    fc.assert(
      fc.property(text, name, (wildcards, candidate) => {
        const pattern = `x${wildcards}`;
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(`x${candidate}`);
        expect(fits(pattern, `/x${candidate}`)).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  it('answers in time for a pattern that makes others try everything', () => {
    expect(fits(`${'*a'.repeat(60)}b`, `/${'a'.repeat(250)}`)).toBe(false);
  });
});
