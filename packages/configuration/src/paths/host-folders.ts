import type { VariableLookup } from './expand-variables.ts';
import type { PathMapping } from './path-map.ts';

/** Folders that stand for the places Windows has, absolute and without a trailing slash. */
export interface HostFolders {
  /** `/etc/poolhouse`; stands for `%windir%\System32\inetsrv\config`. */
  readonly configuration: string;
  /** `/var/lib/poolhouse` */
  readonly state: string;
  /** `/run/poolhouse` */
  readonly run: string;
  /** `/var/log/poolhouse` */
  readonly logs: string;
  /** Where Poolhouse is installed; stands for `%windir%`. */
  readonly install: string;
  /** Home of the user whose files these are. */
  readonly home: string;
}

/** What Windows paths mean here, for every spelling of them: `C:\inetpub`, `c:/inetpub`, `%SystemDrive%\inetpub`. */
export function standardPathMappings(folders: HostFolders): readonly PathMapping[] {
  const { configuration, state, run, logs, install } = folders;
  return [
    ['C:\\inetpub', `${state}/inetpub`],
    ['C:\\inetpub\\logs\\LogFiles', `${logs}/LogFiles`],
    ['C:\\inetpub\\logs\\FailedReqLogFiles', `${logs}/FailedReqLogFiles`],
    ['C:\\inetpub\\FailedReqLogFiles', `${logs}/FailedReqLogFiles`],
    ['C:\\inetpub\\history', `${state}/history`],
    ['C:\\inetpub\\temp', `${run}/temp`],
    ['C:\\Windows', install],
    ['C:\\Windows\\System32\\inetsrv\\config', configuration],
    ['C:\\Program Files', '/opt'],
    ['C:\\Program Files (x86)', '/opt'],
    ['C:\\ProgramData', `${state}/ProgramData`],
    ['C:', '/'],
  ];
}

export interface VariableSources {
  readonly folders: HostFolders;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly hostName: string;
  readonly processors: number;
}

/** Variables of the process that reads the server's files: the Windows names first, then its environment. */
export function serverVariables(sources: VariableSources): VariableLookup {
  const { folders, environment, hostName, processors } = sources;
  const { home } = folders;
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) names.set(name.toUpperCase(), value);
  }
  const known: Readonly<Record<string, string>> = {
    SYSTEMDRIVE: 'C:',
    WINDIR: 'C:\\Windows',
    SYSTEMROOT: 'C:\\Windows',
    PROGRAMFILES: 'C:\\Program Files',
    'PROGRAMFILES(X86)': 'C:\\Program Files (x86)',
    PROGRAMDATA: 'C:\\ProgramData',
    ALLUSERSPROFILE: 'C:\\ProgramData',
    USERPROFILE: home,
    HOME: home,
    APPDATA: environment['XDG_CONFIG_HOME'] ?? `${home}/.config`,
    LOCALAPPDATA: environment['XDG_DATA_HOME'] ?? `${home}/.local/share`,
    TEMP: environment['TMPDIR'] ?? '/tmp',
    TMP: environment['TMPDIR'] ?? '/tmp',
    COMPUTERNAME: hostName,
    NUMBER_OF_PROCESSORS: String(processors),
    IIS_BIN: folders.install,
    IIS_USER_HOME: `${home}/IISExpress`,
    IIS_SITES_HOME: `${home}/My Web Sites`,
  };
  for (const [name, value] of Object.entries(known)) names.set(name, value);
  return (name) => names.get(name);
}

/** Names whose value only the application's own process has; content files keep them for its start. */
const namesOfTheProcess = new Set([
  'USERPROFILE',
  'HOME',
  'APPDATA',
  'LOCALAPPDATA',
  'TEMP',
  'TMP',
  'TMPDIR',
  'USER',
  'USERNAME',
  'LOGNAME',
  'PORT',
  'ASPNETCORE_PORT',
  'HTTP_PLATFORM_PORT',
]);

/** Variables for content files: those of the server, without what belongs to the application's process. */
export function contentVariables(server: VariableLookup): VariableLookup {
  return (name) => (namesOfTheProcess.has(name) ? undefined : server(name));
}
