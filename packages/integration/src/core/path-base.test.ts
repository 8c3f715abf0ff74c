import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPathBaseSplitter } from './path-base.ts';

describe('createPathBaseSplitter', () => {
  it.each([
    ['', '/x', '', '/x'],
    ['/a', '/a', '/a', '/'],
    ['/a', '/A/x', '/A', '/x'],
    ['/a', '/a?x', '/a', '/?x'],
    ['/a', '/a/?x', '/a', '/?x'],
    ['/a', '/a//x', '/a', '//x'],
    ['/a', '//a/x', '', '//a/x'],
    ['/a', '/ab', '', '/ab'],
    ['/a', '/', '', '/'],
    ['/a', '/?/a', '', '/?/a'],
    ['/a', '*', '', '*'],
    ['/a', '/a%2Fb', '', '/a%2Fb'],
    ['/a/b', '/a/B/c', '/a/B', '/c'],
    ['/a/b', '/a', '', '/a'],
    ['/a/b', '/a/bc', '', '/a/bc'],
    ['/my app', '/My%20App/x', '/My%20App', '/x'],
    ['/käse', '/K%C3%A4se?q', '/K%C3%A4se', '/?q'],
    ['/a', '/%61/x', '/%61', '/x'],
    ['/a', '/%zz', '', '/%zz'],
  ])('M-88 %s and %s: %j and %s', (pathBase, target, expectedBase, expectedTarget) => {
    expect(createPathBaseSplitter(pathBase)(target)).toEqual({ pathBase: expectedBase, target: expectedTarget });
  });

  const segment = fc.stringMatching(/^[a-zA-Z0-9.~ äÖ-]{1,8}$/);
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`);

  it('M-88 takes away exactly the base of what lies below it, however it is encoded', () => {
    fc.assert(
      fc.property(path, fc.constantFrom('', '/', '/x', '/x/y?z', '?q=/'), fc.boolean(), (base, rest, encode) => {
        const written = encode ? encodeURI(base.toUpperCase()) : base;
        const split = createPathBaseSplitter(base)(written + rest);
        expect(split.pathBase).toBe(written);
        expect(split.target).toBe(rest.startsWith('/') ? rest : `/${rest}`);
      }),
    );
  });

  it('never loses a character of a target that is not below the base', () => {
    fc.assert(
      fc.property(path, fc.string({ maxLength: 40 }), (base, target) => {
        const split = createPathBaseSplitter(base)(target);
        if (split.pathBase === '') expect(split.target).toBe(target);
        else expect(target.startsWith(split.pathBase)).toBe(true);
      }),
    );
  });
});
