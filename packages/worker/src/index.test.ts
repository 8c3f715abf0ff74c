import { isAbsolute } from 'node:path';
import { describe, expect, it } from 'vitest';
import { preloadPath, stackLimitBytes, workerArguments } from '../dist/index.js';

describe('arguments of a worker', () => {
  it('loads the preload first', () => {
    expect(isAbsolute(preloadPath)).toBe(true);
    expect(workerArguments()).toEqual(['--require', preloadPath]);
    expect(workerArguments({ stackSizeKiB: 4096 })).toEqual(['--stack-size=4096', '--require', preloadPath]);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a stack size of %d KiB', (stackSizeKiB) => {
    expect(() => workerArguments({ stackSizeKiB })).toThrow('must be a positive whole number of KiB');
  });

  it('asks for 1 MiB of stack more than JavaScript may use', () => {
    expect(stackLimitBytes(2048)).toBe(3 * 1024 * 1024);
  });
});
