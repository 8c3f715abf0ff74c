import { describe, expect, it } from 'vitest';
import { allowedCores, onCore } from './cores.ts';

describe('allowedCores', () => {
  it.each([
    ['0', [0]],
    ['0-1', [0, 1]],
    ['0,2-4,7', [0, 2, 3, 4, 7]],
  ])('reads %s', (list, cores) => {
    expect(allowedCores(`Cpus_allowed:\t3\nCpus_allowed_list:\t${list}\n`)).toEqual(cores);
  });
});

describe('onCore', () => {
  it('pins a command', () => {
    expect(onCore({ load: 0, measured: 1, pinned: true }, 1, ['nginx', '-v'])).toEqual([
      'taskset',
      '--cpu-list',
      '1',
      'nginx',
      '-v',
    ]);
  });

  it('leaves it alone where there is one core', () => {
    expect(onCore({ load: 0, measured: 0, pinned: false }, 0, ['nginx'])).toEqual(['nginx']);
  });
});
