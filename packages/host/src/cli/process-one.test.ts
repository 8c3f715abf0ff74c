import { describe, expect, it } from 'vitest';
import { runUnderInit } from './process-one.ts';
import { testSystem } from './testing/test-system.ts';

const system = (pid: number) => testSystem('/', { pid });

describe('runUnderInit', () => {
  it('does nothing in an ordinary process', () => {
    expect(() => runUnderInit(system(2), () => false)).not.toThrow();
  });

  it('refuses as process 1 without an init program, and says what to do', () => {
    expect(() => runUnderInit(system(1), () => false)).toThrow(
      expect.objectContaining({
        code: 'PH2105',
        hints: expect.arrayContaining([['try', expect.stringContaining('--init')]]),
      }),
    );
  });

  it('becomes the child of an init program as process 1, with the same arguments', () => {
    const become: unknown[] = [];
    runUnderInit(
      system(1),
      (path) => path === '/sbin/tini',
      (...call) => become.push(call),
    );
    expect(become).toEqual([
      [
        '/sbin/tini',
        ['/sbin/tini', '--', process.execPath, ...process.execArgv, ...process.argv.slice(1)],
        { LANG: 'C.UTF-8' },
      ],
    ]);
  });
});
