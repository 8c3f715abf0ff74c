import { describe, expect, it } from 'vitest';
import { vectors } from '../testing/vectors.ts';
import { defaultKeyDirectory, readOnlyKeyDirectory } from './default-directory.ts';

/** What the vectors say of USERPROFILE holds on Windows; elsewhere ASP.NET Core 8.0.31, 9.0.20 and 10.0.12 ignore it. */
const cases = vectors.defaultDirectory.cases.filter(({ env }) => !('USERPROFILE' in env));

describe('defaultKeyDirectory', () => {
  it.each(cases.map((vector) => [JSON.stringify(vector.env), vector] as const))('D-63 with %s', (_, { env, path }) => {
    expect(defaultKeyDirectory(env) ?? null).toBe(path);
  });

  it.each([
    ['what is set and empty counts as not set', { LOCALAPPDATA: '', HOME: '/home/u' }, '/home/u/.aspnet'],
    ['no variable of Windows but one', { USERPROFILE: '/up', APPDATA: '/a', HOME: '/home/u' }, '/home/u/.aspnet'],
    ['an instance of Azure without HOME is no Azure', { WEBSITE_INSTANCE_ID: 'x', LOCALAPPDATA: '/l' }, '/l/ASP.NET'],
    ['the account’s home when there is no HOME', {}, '/home/a/.aspnet'],
    ['the account’s home wherever XDG has data', { XDG_DATA_HOME: '/x' }, '/home/a/.aspnet'],
  ])('%s', (_, environment: Record<string, string>, path) => {
    expect(defaultKeyDirectory(environment, '/home/a')).toBe(`${path}/DataProtection-Keys`);
  });

  it('is nowhere for an account without a home', () => {
    expect(defaultKeyDirectory({})).toBeUndefined();
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
