import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { problems } from '../supervisor/management/index.ts';
import { commandError, commandErrors, CommandError, errorAsJson, formatError } from './command-error.ts';
import { exitCodes } from './exit-codes.ts';

const page = readFileSync(new URL('../../../../docs/reference/errors.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `([^`]+)` \| (.+) \| .+ \|$/gm)].map(([, name, facts]) => `${name} | ${facts}`);

describe('docs/reference/errors.md', () => {
  it('has every error with its code and exit code, and no other', () => {
    const expected = [
      ...Object.entries(problems).map(([slug, { status, code, exit }]) => `${slug} | ${status} | ${code} | ${exit}`),
      ...Object.entries(commandErrors).map(([name, { code, exit }]) => `${name} | ${code} | ${exitCodes[exit].code}`),
    ];
    expect(rows.sort()).toEqual(expected.sort());
  });

  it('uses each code once', () => {
    const codes = [...Object.values(problems), ...Object.values(commandErrors)].map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});

describe('an error', () => {
  const error = commandError('configuration-unusable', 'nothing was started\n/a:1:2: x\u001b[2J', [
    ['try', 'this\nthat'],
  ]);

  it('is shown with its hints, one line each, and nothing that a terminal obeys', () => {
    expect(formatError(error, (text) => `<${text}>`)).toBe(
      '<error PH3003>: nothing was started\n  /a:1:2: x\u{fffd}[2J\n  try: this that',
    );
  });

  it('is an object for programs', () => {
    expect(errorAsJson(error)).toEqual({
      code: 'PH3003',
      exit: 78,
      detail: 'nothing was started\n/a:1:2: x\u001b[2J',
      hints: [{ label: 'try', text: 'this\nthat' }],
    });
  });

  it('keeps the code of the API', () => {
    expect(new CommandError(problems['not-found'], 'x')).toMatchObject({ code: 'PH1102', exit: 3 });
  });
});
