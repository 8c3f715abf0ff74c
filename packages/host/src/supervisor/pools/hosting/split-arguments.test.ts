import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitArguments } from './split-arguments.ts';

it.each([
  ['', []],
  ['  a  b\tc ', ['a', 'b', 'c']],
  ['.\\server.js --port 80', ['.\\server.js', '--port', '80']],
  ['"C:\\Program Files\\app.dll" x', ['C:\\Program Files\\app.dll', 'x']],
  ['"" a', ['', 'a']],
  ['a\\\\b', ['a\\\\b']],
  ['a\\"b', ['a"b']],
  ['"a\\\\" b', ['a\\', 'b']],
  ['"a\\\\\\"b"', ['a\\"b']],
  ['"a""b"', ['a"b']],
  ['ab"c d"e', ['abc de']],
  ['"exÄmple app.dll" --naïve', ['exÄmple app.dll', '--naïve']],
  ['$(reboot) `x` ; y', ['$(reboot)', '`x`', ';', 'y']],
])('M-129 splits %j', (text, words) => {
  expect(splitArguments(text)).toEqual(words);
});

it('gives back every list of words that was quoted by the same rules', () => {
  const quote = (word: string): string =>
    `"${word.replaceAll(/(\\*)("|$)/g, (_, slashes: string, end: string) => slashes + slashes + (end === '' ? '' : '\\"'))}"`;
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '\t') })), (words) => {
      expect(splitArguments(words.map(quote).join(' '))).toEqual(words);
    }),
  );
});
