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
  /** Of the process that reads the server's files. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly hostName: string;
  readonly processors: number;
}

/** Variables by upper-case name. */
export type Variables = Readonly<Record<string, string>>;

/** What the names that Windows always has mean here. */
function windowsVariables({ folders, environment, hostName, processors }: VariableSources): Variables {
  const { home, install } = folders;
  return {
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
    IIS_BIN: install,
    IIS_USER_HOME: `${home}/IISExpress`,
    IIS_SITES_HOME: `${home}/My Web Sites`,
  };
}

/** Variables for the server's own files: the Windows names first, then the environment. */
export function serverVariables(sources: VariableSources): Variables {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(sources.environment)) {
    if (value !== undefined) variables[name.toUpperCase()] = value;
  }
  return { ...variables, ...windowsVariables(sources) };
}

/** Names whose value only the application's own process has. */
const namesOfTheProcess = ['USERPROFILE', 'HOME', 'APPDATA', 'LOCALAPPDATA', 'TEMP', 'TMP'];

/**
 * Variables for content files: places of the machine only. What else a file names stays as written for the
 * start of its application, where the environment of the pool answers; so nobody reads the environment of the
 * supervisor by naming it in a web.config.
 */
export function contentVariables(sources: VariableSources): Variables {
  return Object.fromEntries(
    Object.entries(windowsVariables(sources)).filter(([name]) => !namesOfTheProcess.includes(name)),
  );
}

export function lookUpIn(variables: Variables): VariableLookup {
  return (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined);
}
