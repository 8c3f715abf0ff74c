import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The directory in which ASP.NET Core 8 to 10 keeps the keys of this user on Linux when nothing else is configured.
 * Undefined when there is no place that lasts.
 *
 * @param home of the account, for a process without `HOME`; empty when it has none
 */
export function defaultKeyDirectory(environment: Environment, home = ''): string | undefined {
  const { WEBSITE_INSTANCE_ID: azureInstance, HOME: said, LOCALAPPDATA: local } = environment;
  const inApplicationData = (folder: string): string => join(folder, 'ASP.NET', 'DataProtection-Keys');
  const profile = given(said) ? said : home;
  // Azure App Service keeps HOME on a share of all its instances.
  if (given(azureInstance) && given(said)) return inApplicationData(said);
  if (given(local)) return inApplicationData(local);
  return given(profile) ? join(profile, '.aspnet', 'DataProtection-Keys') : undefined;
}

/**
 * A directory whose keys are only read, as configured by the environment variable that ASP.NET Core reads:
 * `ReadOnlyDataProtectionKeyDirectory`, before it with the prefix `DOTNET_` or `ASPNETCORE_`.
 */
export function readOnlyKeyDirectory(environment: Environment): string | undefined {
  const names = ['', 'DOTNET_', 'ASPNETCORE_'].map((prefix) => `${prefix}ReadOnlyDataProtectionKeyDirectory`);
  return names.map((name) => valueOf(environment, name)).find((value) => value !== undefined);
}

/** .NET's configuration ignores the case of names. */
function valueOf(environment: Environment, name: string): string | undefined {
  if (given(environment[name])) return environment[name];
  const found = Object.keys(environment).find((key) => key.toLowerCase() === name.toLowerCase());
  const value = found === undefined ? undefined : environment[found];
  return given(value) ? value : undefined;
}

function given(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
