import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldPath } from '../pipeline/fold-path.ts';
import { createPathTable } from './path-table.ts';

describe('createPathTable', () => {
  const table = createPathTable(['/', '/shop', '/shop/admin', '/café'].map((path) => [path, path] as const));

  it.each([
    ['H-111', '/shop', '/shop'],
    ['H-111', '/Shop/x', '/shop'],
    ['H-111', '/shopping', '/'],
    ['', '/shop/', '/shop'],
    ['', '/SHOP/ADMIN', '/shop/admin'],
    ['', '/shop/admin/x/y/z', '/shop/admin'],
    ['', '/shop/administrator', '/shop'],
    ['', '/', '/'],
    ['', '/x/shop', '/'],
    ['', '/CAFE\u0301/menu', '/café'],
  ])('%s %s belongs to %s', (_, path, expected) => {
    expect(table.find(path)).toBe(expected);
  });

  it('answers nothing where no path is a prefix', () => {
    expect(createPathTable([['/api', 1]]).find('/')).toBeUndefined();
    expect(createPathTable([]).find('/x')).toBeUndefined();
  });

  it('keeps the first of equal paths', () => {
    expect(
      createPathTable([
        ['/A', 1],
        ['/a', 2],
      ]).find('/a/b'),
    ).toBe(1);
  });

  it('finds what a walk over all paths finds', () => {
    const path = fc.array(fc.constantFrom('a', 'b', 'ab', 'A'), { maxLength: 4 }).map((names) => `/${names.join('/')}`);
    fc.assert(
      fc.property(fc.array(path, { maxLength: 8 }), path, (paths, wanted) => {
        const covering = paths
          .map(foldPath)
          .filter((candidate) => candidate === '/' || `${foldPath(wanted)}/`.startsWith(`${candidate}/`))
          .sort((left, right) => right.length - left.length);
        expect(createPathTable(paths.map((entry) => [entry, foldPath(entry)] as const)).find(wanted)).toBe(covering[0]);
      }),
    );
  });
});
