import { expect, it } from 'vitest';
import { withoutSecrets } from './without-secrets.ts';

it.each([
  [
    "'MS-ASPNETCORE-TOKEN' does not match the expected pairing token 'abc'.",
    ['abc'],
    "'MS-ASPNETCORE-TOKEN' does not match the expected pairing token '••••'.",
  ],
  ['abc and xyz and abc', ['abc', 'xyz'], '•••• and •••• and ••••'],
  ['nothing here', ['abc'], 'nothing here'],
  ['$& $1', ['abc'], '$& $1'],
])('M-128 %j', (text, secrets, shown) => {
  expect(withoutSecrets(text, secrets)).toBe(shown);
});
