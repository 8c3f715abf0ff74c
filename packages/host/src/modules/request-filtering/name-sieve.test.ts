import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNameSieve } from './name-sieve.ts';
import { extensionOf, namesOf } from './path-names.ts';

const names = ['web.config', 'bin', 'app_data'];
const extensions = ['.config', '.cs', '.c'];

describe('createNameSieve', () => {
  it.each([
    ['/', false],
    ['/api/users/42', false],
    ['/static/app.3f2a.js', false],
    ['/bin', true],
    ['/x/BIN/y', true],
    ['/a.CS', true],
    ['/web.config.', true],
    ['/a:b', true],
    ['/é', true],
  ])('%s may hold a name: %s', (path, expected) => {
    expect(createNameSieve(names, extensions)(path)).toBe(expected);
  });

  it('lets nothing pass that a close look would find', () => {
    const piece = fc.constantFrom(
      '/',
      'bin',
      'BIN',
      'web',
      '.config',
      '.',
      ' ',
      ':',
      'cs',
      '.Cs',
      '.c',
      'app_data',
      'x',
      'İ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = `/${pieces.join('')}`;
        const found = namesOf(path).some((name) => names.includes(name) || extensions.includes(extensionOf(name)));
        if (found) expect(createNameSieve(names, extensions)(path)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });
});
