import { expect, it } from 'vitest';
import { parseStackSize, readDifferentlyOnWindows } from './stack-size.ts';

it.each([
  [undefined, undefined],
  ['', undefined],
  ['1048576', 1_048_576],
  [' 2097152 ', 2_097_152],
  ['0x100000', 1_048_576],
  ['0X10000000', 268_435_456],
  ['65536', 65_536],
])('M-131 %j is %s bytes', (text, bytes) => {
  expect(parseStackSize(text)).toEqual({ bytes });
});

it.each(['65535', '0', '-1', '1e6', '1 MB', '0x', 'ffff', '4294967296'])('%j is a configuration error', (text) => {
  expect(parseStackSize(text)).toMatchObject({ problem: { stage: 'configuration', critical: true } });
});

it('knows what the Windows module makes of decimal text', () => {
  expect(readDifferentlyOnWindows('2097152')).toBe(0x2097152);
  expect(readDifferentlyOnWindows('0x200000')).toBeUndefined();
});
