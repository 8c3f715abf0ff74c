import { createHash } from 'node:crypto';
import { isAbsolute, join, resolve } from 'node:path';

/** Where the files of one Poolhouse are; absolute paths. */
export interface FileLocations {
  /** The server-level file, `applicationHost.config`. */
  readonly configuration: string;
  /** What survives a restart: homes of pools, key rings, identities. */
  readonly state: string;
  /** Sockets and what is true only while Poolhouse runs. Short enough for the names of sockets. */
  readonly run: string;
  /** What applications wrote, and access logs. */
  readonly log: string;
  /** The run folder that was asked for, when its path is too long for a socket and `run` stands in for it. */
  readonly runAlias?: string;
}

/** Who asks, and what was said about it: flags win over environment, environment over the default. */
export interface LocationInput {
  readonly flags?: {
    readonly config?: string | undefined;
    readonly state?: string | undefined;
    readonly run?: string | undefined;
    readonly log?: string | undefined;
  };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  readonly home: string;
  readonly workingDirectory: string;
  /** Folder that `poolhouse run` serves: everything is kept in `.poolhouse/` below it. */
  readonly servedFolder?: string;
}

/** Folder of the gateways' error log in the log folder, named as on Windows. */
export const errorLogFolderName = 'HTTPERR';

/** Name of the management socket in the run folder. */
export const adminSocketName = 'admin.sock';

/** Bytes of a unix socket's path (the kernel allows 107), and what is kept free for its name in the run folder. */
const socketPathLimit = 100;
const socketNameReserve = 40;

/**
 * Decides where files are. As root `/etc`, `/var/lib`, `/run` and `/var/log`, else the XDG folders, for `run`
 * `.poolhouse/` of the served folder; `--config`, `--state`, `--run`, `--log` and `POOLHOUSE_CONFIG`, `_STATE`,
 * `_RUN`, `_LOG` override each. Reads nothing from the disk.
 */
export function fileLocations(input: LocationInput): FileLocations {
  const { flags = {}, environment, workingDirectory } = input;
  const defaults = defaultLocations(input);
  const chosen = (name: keyof typeof defaults) =>
    resolve(workingDirectory, flags[name] || environment[`POOLHOUSE_${name.toUpperCase()}`] || defaults[name]);
  const run = chosen('run');
  const short = shortRunFolder(run, input);
  return {
    configuration: chosen('config'),
    state: chosen('state'),
    run: short,
    log: chosen('log'),
    ...(short !== run && { runAlias: run }),
  };
}

function defaultLocations({ uid, home, environment, servedFolder }: LocationInput) {
  if (servedFolder !== undefined) {
    const own = join(servedFolder, '.poolhouse');
    return {
      config: join(own, 'applicationHost.config'),
      state: join(own, 'state'),
      run: join(own, 'run'),
      log: join(own, 'log'),
    };
  }
  if (uid === 0) {
    return {
      config: '/etc/poolhouse/applicationHost.config',
      state: '/var/lib/poolhouse',
      run: '/run/poolhouse',
      log: '/var/log/poolhouse',
    };
  }
  const xdg = (name: string, fallback: string) => absolute(environment[name]) ?? join(home, fallback);
  const state = join(xdg('XDG_STATE_HOME', '.local/state'), 'poolhouse');
  const runtime = absolute(environment['XDG_RUNTIME_DIR']);
  return {
    config: join(xdg('XDG_CONFIG_HOME', '.config'), 'poolhouse', 'applicationHost.config'),
    state,
    run: runtime === undefined ? `/tmp/poolhouse-${uid}` : join(runtime, 'poolhouse'),
    log: join(state, 'log'),
  };
}

/** The folder itself, or a short one with a name made from it, so that every terminal finds the same one. */
function shortRunFolder(run: string, { uid, environment }: LocationInput): string {
  if (fitsSockets(run)) return run;
  const hash = createHash('sha256').update(run).digest('hex').slice(0, 12);
  if (uid === 0) return `/run/poolhouse-${hash}`;
  const runtime = absolute(environment['XDG_RUNTIME_DIR']);
  const below = runtime === undefined ? undefined : join(runtime, `poolhouse-${hash}`);
  return below !== undefined && fitsSockets(below) ? below : `/tmp/poolhouse-${uid}-${hash}`;
}

function fitsSockets(folder: string): boolean {
  return Buffer.byteLength(folder) + 1 + socketNameReserve <= socketPathLimit;
}

/** The XDG specification: a relative path is ignored. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
