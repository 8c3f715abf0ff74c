import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandVariables } from './expand-variables.ts';
import { contentVariables, lookUpIn, serverVariables, standardPathMappings, type HostFolders } from './host-folders.ts';
import { createPathMap } from './path-map.ts';

const folders: HostFolders = {
  configuration: '/etc/poolhouse',
  state: '/var/lib/poolhouse',
  run: '/run/poolhouse',
  logs: '/var/log/poolhouse',
  install: '/usr/lib/poolhouse',
  home: '/home/op',
};
const sources = { folders, environment: { Data: '/data' }, hostName: 'web1', processors: 4 };
const variables = lookUpIn(serverVariables(sources));

describe('expandVariables', () => {
  it.each([
    ['%SystemDrive%\\inetpub', 'C:\\inetpub', []],
    ['%systemdrive%', 'C:', []],
    ['%DATA%/x and %NUMBER_OF_PROCESSORS%', '/data/x and 4', []],
    ['%NOPE%\\x', '%NOPE%\\x', ['NOPE']],
    ['100%', '100%', []],
    ['100%done%HOME%', '100%done/home/op', ['done']],
    ['%%', '%%', []],
    ['50 % of %ComputerName%', '50 % of web1', []],
    ['%ProgramFiles(x86)%\\a', 'C:\\Program Files (x86)\\a', []],
  ])('%s → %s', (text, expected, unknown) => {
    expect(expandVariables(text, variables)).toEqual({ text: expected, unknown });
  });

  it('does not expand what a value holds', () => {
    expect(expandVariables('%A%', (name) => (name === 'A' ? '%A%' : undefined)).text).toBe('%A%');
  });

  it('leaves any text without known names as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('%', 'a', 'B', ' ', '\\') }), (text) => {
        expect(expandVariables(text, () => undefined).text).toBe(text);
      }),
    );
  });

  it('keeps what belongs to the process of an application for its start', () => {
    const content = lookUpIn(contentVariables(sources));
    expect(expandVariables('%HOME%;%Data%;%PORT%;%SystemDrive%', content).text).toBe('%HOME%;%Data%;%PORT%;C:');
  });
});

describe('createPathMap', () => {
  const map = createPathMap([...standardPathMappings(folders), ['E:\\sites', '/srv/e'], ['\\\\nas\\web', '/mnt/web']]);

  it.each([
    ['C-81 %SystemDrive%\\inetpub\\wwwroot', '/var/lib/poolhouse/inetpub/wwwroot'],
    ['c:/inetpub/wwwroot/', '/var/lib/poolhouse/inetpub/wwwroot'],
    ['C:\\\\InetPub\\logs\\LogFiles\\W3SVC1', '/var/log/poolhouse/LogFiles/W3SVC1'],
    ['\\\\?\\C:\\inetpub', '/var/lib/poolhouse/inetpub'],
    ['\\\\?\\UNC\\nas\\web\\a', '/mnt/web/a'],
    ['\\\\NAS\\Web', '/mnt/web'],
    ['C:\\inetpublic', '/inetpublic'],
    ['C:\\srv\\app', '/srv/app'],
    ['C:', '/'],
    ['C:\\', '/'],
    ['\\data\\x', '/data/x'],
    ['%windir%\\System32\\inetsrv\\config\\schema', '/etc/poolhouse/schema'],
    ['%ProgramFiles%\\dotnet\\dotnet.exe', '/opt/dotnet/dotnet.exe'],
    ['E:\\Sites\\shop', '/srv/e/shop'],
    ['/srv/app', '/srv/app'],
    ['/srv\\app/', '/srv/app'],
    ['.\\logs\\stdout', '/base/logs/stdout'],
    ['logs/stdout', '/base/logs/stdout'],
    ['..\\x', '/x'],
    ['C:\\a\\..\\..\\b', '/b'],
  ])('%s → %s', (spelling, expected) => {
    const text = expandVariables(spelling.replace(/^C-\d+ /, ''), variables).text;
    expect(map(text, '/base')).toEqual({ path: expected });
  });

  it.each([
    ['D:\\data', 'drive D: is not mapped to a folder of this machine'],
    ['E:\\other', 'drive E: is not mapped to a folder of this machine'],
    ['\\\\nas\\other\\x', 'the share \\\\nas\\other is not mapped to a folder of this machine'],
    ['C:data', '"C:" needs a \\ after the drive'],
    ['/a\0b', 'a path cannot hold a NUL character'],
  ])('says why %s has no place', (text, problem) => {
    expect(map(text, '/base')).toEqual({ problem });
  });

  it('answers every text with an absolute path without dot segments, or a problem', () => {
    const piece = fc.constantFrom('C:', 'x', '\\', '/', '..', '.', '?', '\\\\', ':', ' ');
    fc.assert(
      fc.property(fc.string({ unit: piece }), (text) => {
        const mapped = map(text, '/base');
        if ('path' in mapped) expect(mapped.path).toMatch(/^\/(?!.*(^|\/)\.\.?(\/|$))/);
      }),
    );
  });
});
