import { describe, expect, it } from 'vitest';
import { vectors } from '../testing/vectors.ts';
import { defaultKeyDirectory, localApplicationDataOf, readOnlyKeyDirectory } from './default-directory.ts';

describe('defaultKeyDirectory', () => {
  it.each(vectors.defaultDirectory.cases.map((vector) => [JSON.stringify(vector.env), vector] as const))(
    'D-63 with %s',
    (_, { env, path }) => {
      expect(defaultKeyDirectory(env) ?? null).toBe(path);
    },
  );

  it.each([
    [
      'what is set and empty counts as not set',
      { LOCALAPPDATA: '', USERPROFILE: '', HOME: '/home/u' },
      '/home/u/.aspnet',
    ],
    ['an instance of Azure without HOME is no Azure', { WEBSITE_INSTANCE_ID: 'x', LOCALAPPDATA: '/l' }, '/l/ASP.NET'],
    ['the account’s data when there is no HOME', {}, '/home/a/.local/share/ASP.NET'],
    ['the account’s data where XDG has it', { XDG_DATA_HOME: '/x' }, '/x/ASP.NET'],
    ['a relative XDG_DATA_HOME means nothing', { XDG_DATA_HOME: 'x' }, '/home/a/.local/share/ASP.NET'],
  ])('%s', (_, environment: Record<string, string>, path) => {
    const found = defaultKeyDirectory(environment, localApplicationDataOf(environment, '/home/a'));
    expect(found).toBe(`${path}/DataProtection-Keys`);
  });

  it('is nowhere for an account without a home', () => {
    expect(defaultKeyDirectory({}, localApplicationDataOf({}, ''))).toBeUndefined();
  });
});

describe('readOnlyKeyDirectory', () => {
  const name = 'ReadOnlyDataProtectionKeyDirectory';

  it.each<[string, Record<string, string>, string | undefined]>([
    ['nothing', {}, undefined],
    ['the bare name', { [name]: '/a', [`DOTNET_${name}`]: '/b', [`ASPNETCORE_${name}`]: '/c' }, '/a'],
    ['DOTNET_', { [`DOTNET_${name}`]: '/b', [`ASPNETCORE_${name}`]: '/c' }, '/b'],
    ['ASPNETCORE_', { [`ASPNETCORE_${name}`]: '/c' }, '/c'],
    ['a name in other case, as .NET takes it', { readonlydataprotectionkeydirectory: '/d' }, '/d'],
    ['the next where one is empty', { [name]: '', [`ASPNETCORE_${name}`]: '/c' }, '/c'],
  ])('takes %s', (_, environment, expected) => {
    expect(readOnlyKeyDirectory(environment)).toBe(expected);
  });
});
