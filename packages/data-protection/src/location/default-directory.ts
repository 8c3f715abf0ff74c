import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The directory in which ASP.NET Core keeps the keys of this user when nothing else is configured. Undefined when there
 * is no place that lasts.
 *
 * @param localApplicationData the system's own answer for a process without `HOME`, see `localApplicationDataOf`
 */
export function defaultKeyDirectory(environment: Environment, localApplicationData?: string): string | undefined {
  const { WEBSITE_INSTANCE_ID: azureInstance, HOME: home, LOCALAPPDATA: local, USERPROFILE: profile } = environment;
  const inApplicationData = (folder: string): string => join(folder, 'ASP.NET', 'DataProtection-Keys');
  // Azure App Service keeps HOME on a share of all its instances.
  if (given(azureInstance) && given(home)) return inApplicationData(home);
  if (given(local)) return inApplicationData(local);
  if (given(profile)) return inApplicationData(join(profile, 'AppData', 'Local'));
  if (given(home)) return join(home, '.aspnet', 'DataProtection-Keys');
  return given(localApplicationData) ? inApplicationData(localApplicationData) : undefined;
}

/** .NET's `SpecialFolder.LocalApplicationData` on Linux. @param home of the account, when the environment has none */
export function localApplicationDataOf({ XDG_DATA_HOME: data }: Environment, home: string): string | undefined {
  if (data?.startsWith('/') === true) return data;
  return home === '' ? undefined : join(home, '.local', 'share');
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
