import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findProgram, type ProgramSearch } from './program.ts';

let root: string;
let search: ProgramSearch;

function file(path: string, mode = 0o755): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), '');
  chmodSync(join(root, path), mode);
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'poolhouse-program-'));
  for (const path of [
    'app/tool',
    'app/bin/nested',
    'bin/dotnet',
    'bin/python3',
    'app/MyApp.dll',
    'app/MyApp.runtimeconfig.json',
    'app/native',
    'app/native.runtimeconfig.json',
    'own/node',
  ])
    file(path);
  file('app/server.js', 0o644);
  file('app/plain.txt', 0o644);
  search = { applicationFolder: join(root, 'app'), path: [join(root, 'bin')], ownNode: join(root, 'own/node') };
});

const found = (processPath: string, text = ''): unknown => {
  const result = findProgram(processPath, text, search);
  return 'program' in result ? result.program : result.problem;
};

describe('what is found', () => {
  it.each(['dotnet', 'DOTNET', 'dotnet.exe', 'C:\\Program Files\\dotnet\\dotnet.exe'])(
    'M-14 M-15 %s on the path',
    (processPath) => {
      expect(found(processPath, '.\\MyApp.dll --x')).toEqual({
        ...{ kind: 'dotnet', path: join(root, 'bin/dotnet'), aspNetCore: true },
        arguments: ['MyApp.dll', '--x'],
      });
    },
  );

  it.each(['node', 'node.exe', 'NODE', 'C:\\Program Files\\nodejs\\node.exe'])(
    '%s, and the Node.js of Poolhouse when there is none',
    (processPath) => {
      expect(found(processPath, '.\\server.js')).toMatchObject({
        kind: 'node',
        path: join(root, 'own/node'),
        arguments: ['server.js'],
      });
    },
  );

  it.each([
    ['tool', 'app/tool'],
    ['.\\tool', 'app/tool'],
    ['.\\tool.exe', 'app/tool'],
    ['bin\\nested', 'app/bin/nested'],
    ['python3', 'bin/python3'],
  ])('M-18 %s', (processPath, path) => {
    expect(found(processPath)).toMatchObject({ kind: 'other', path: join(root, path), aspNetCore: false });
  });

  it('a Linux apphost is known as ASP.NET Core by its runtimeconfig', () => {
    expect(found('.\\native.exe')).toMatchObject({ kind: 'other', path: join(root, 'app/native'), aspNetCore: true });
  });

  it('an .exe that was published for Windows runs as its assembly', () => {
    expect(found('.\\MyApp.exe', '"a b" c')).toMatchObject({
      kind: 'dotnet',
      arguments: [join(root, 'app/MyApp.dll'), 'a b', 'c'],
    });
  });
});

describe('what is not', () => {
  it.each([
    ['dotnet', '', 'program', /arguments are empty/],
    ['dotnet', '.\\Missing.dll', 'program', /Missing\.dll was not found/],
    ['nothing-here', '', 'program', /neither in the application folder/],
    ['.\\plain.txt', '', 'program', /chmod \+x/],
    ['C:\\apps\\thing.exe', '', 'program', /is a Windows path/],
  ])('M-13 %s %s', (processPath, text, stage, message) => {
    expect(found(processPath, text)).toMatchObject({ stage, critical: true, message: expect.stringMatching(message) });
  });
});
