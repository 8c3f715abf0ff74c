import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalizeTarget } from './canonical-target.ts';

const limits = { urlSegmentMaxCount: 255, urlSegmentMaxLength: 260 };
const canonicalize = (target: string) => canonicalizeTarget(target, limits);

describe('canonicalizeTarget', () => {
  it.each([
    // target, cooked, forwarded
    ['H-104', '/a/../b', '/b', '/b'],
    ['H-104', '/a/%2e%2e/b', '/b', '/b'],
    ['H-104', '/a/.%2E/b', '/b', '/b'],
    ['H-106', '/a%2fb', '/a/b', '/a%2fb'],
    ['H-109', '/a%252e', '/a%2e', '/a%252e'],
    ['H-110', '//a//b', '/a/b', '//a//b'],
    ['', '/', '/', '/'],
    ['', '/a/', '/a/', '/a/'],
    ['', '/a/b/..', '/a/', '/a/'],
    ['', '/a/..', '/', '/'],
    ['', '/a/.', '/a/', '/a/'],
    ['', '/./a', '/a', '/a'],
    ['', '/a//..', '/a/', '/a/'],
    ['', '/.well-known/x', '/.well-known/x', '/.well-known/x'],
    ['', '/...', '/...', '/...'],
    ['', '/caf%C3%A9', '/café', '/caf%C3%A9'],
    ['', '/a%5cb', '/a/b', '/a%5cb'],
    ['', '/a\\b', '/a/b', '/a%5Cb'],
    ['', '/a%2f', '/a/', '/a%2f'],
    ['', '/%2fa', '/a', '/%2fa'],
    ['', '/a%20b', '/a b', '/a%20b'],
    ['', '/a+b', '/a+b', '/a+b'],
    ['', '*', '/', '*'],
  ])('%s %s is decided as %s and forwarded as %s', (_, target, cookedPath, forwardPath) => {
    expect(canonicalize(target)).toMatchObject({ cookedPath, forwardPath, query: '' });
  });

  it.each([
    ['H-104', '/../b'],
    ['H-104', '/%2e%2e/b'],
    ['H-104', '/a/../../b'],
    ['H-104', '//..'],
    ['H-104', '/%2f/..'],
    ['H-105', '/a%00b'],
    ['H-105', '/a%01b'],
    ['H-105', '/a%7f'],
    ['H-105', '/a%c2%85'],
    ['H-105', '/a%zz'],
    ['H-105', '/a%2'],
    ['H-105', '/a%'],
    ['H-105', '/%u0041'],
    ['H-105', '/%c0%af'],
    ['H-105', '/%ed%a0%80'],
    ['H-105', '/%ff'],
    ['H-107', '/a%5c..%5cweb.config'],
    ['H-107', '/a\\..\\web.config'],
    ['H-107', '/a/..%2fb'],
    ['', ''],
    ['', 'a'],
    ['', 'http://host/a'],
    ['', '/a b'],
    ['', '/a\u0007'],
    ['', '/é'],
    ['', '/a#b'],
    ['', '/a?b#c'],
    ['', '/a?b\u00e9'],
    ['', '/a?b c'],
  ])('%s %j is refused', (_, target) => {
    expect(canonicalize(target)).toBeUndefined();
  });

  it('keeps the query as sent, question marks and bad escapes included', () => {
    expect(canonicalize('/a?b=%zz&c=/../?d')).toEqual({
      cookedPath: '/a',
      forwardPath: '/a',
      query: '?b=%zz&c=/../?d',
      encodedSeparator: false,
    });
    expect(canonicalize('/?')).toMatchObject({ cookedPath: '/', query: '?' });
    expect(canonicalize('/./a?')).toMatchObject({ cookedPath: '/a', query: '?' });
  });

  it.each([
    ['/a/b', false],
    ['/a%2Fb', true],
    ['/a%5Cb', true],
    ['/a\\b', true],
  ])('tells of %s that an encoded separator is in it: %s', (target, encodedSeparator) => {
    expect(canonicalize(target)?.encodedSeparator ?? false).toBe(encodedSeparator);
  });

  it('returns a plain path as the very string it got', () => {
    const target = '/api/users/42';
    expect(canonicalize(target)?.forwardPath).toBe(target);
    expect(canonicalize(target)?.cookedPath).toBe(target);
  });

  it('H-113 counts segments and their decoded characters', () => {
    expect(canonicalize('/a'.repeat(255))).toBeDefined();
    expect(canonicalize(`${'/a'.repeat(255)}/`)).toBeDefined();
    expect(canonicalize('/a'.repeat(256))).toBeUndefined();
    expect(canonicalize(`/%61${'/a'.repeat(255)}`)).toBeUndefined();
    expect(canonicalize(`/${'a'.repeat(260)}`)).toBeDefined();
    expect(canonicalize(`/${'a'.repeat(261)}`)).toBeUndefined();
    expect(canonicalize(`/${'a'.repeat(261)}/b`)).toBeUndefined();
    expect(canonicalize(`/${'%61'.repeat(260)}`)).toBeDefined();
    expect(canonicalize(`/${'%61'.repeat(261)}`)).toBeUndefined();
  });

  describe('for any target', () => {
    const piece = fc.constantFrom(
      'a',
      'B',
      '.',
      '..',
      '%2e',
      '%2E%2e',
      '/',
      '//',
      '\\',
      '%2f',
      '%5C',
      '%',
      '%41',
      '%c3%a9',
      '?',
      '%00',
    );
    const targets = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`);

    it('never climbs above the root and leaves no dot segment in either path', () => {
      fc.assert(
        fc.property(targets, (target) => {
          const canonical = canonicalize(target);
          if (canonical === undefined) return;
          const seen = [
            ...canonical.cookedPath.split('/'),
            ...decodeURIComponent(canonical.forwardPath).split(/[/\\]/),
          ];
          expect(seen).not.toContain('.');
          expect(seen).not.toContain('..');
          expect(canonical.cookedPath).toMatch(/^\/(?!.*\/\/)/);
        }),
        { numRuns: 2_000 },
      );
    });

    it('reads what it forwards as what it decided', () => {
      fc.assert(
        fc.property(targets, (target) => {
          const canonical = canonicalize(target);
          if (canonical === undefined) return;
          expect(canonicalize(canonical.forwardPath + canonical.query)).toEqual(canonical);
        }),
        { numRuns: 2_000 },
      );
    });

    it('agrees on both ways through the code for a path without surprises', () => {
      const names = fc.array(fc.stringMatching(/^[a-z0-9_~-]{1,8}$/), { minLength: 1, maxLength: 6 });
      fc.assert(
        fc.property(names, (segments) => {
          const path = `/${segments.join('/')}`;
          const escaped = `/${segments.map((name) => name.replace(/[a-z]/, (c) => `%${c.charCodeAt(0).toString(16)}`)).join('/')}`;
          expect(canonicalize(escaped)?.cookedPath).toBe(canonicalize(path)?.cookedPath);
        }),
      );
    });
  });
});
