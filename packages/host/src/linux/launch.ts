import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { ControlGroup } from './cgroups.ts';
import { processesMarked, processStat, processTree } from './proc.ts';

/** What to start, as whom, with what. Nothing is inherited that is not named here. */
export interface LaunchRequest {
  /** Absolute path. */
  readonly program: string;
  readonly arguments: readonly string[];
  readonly workingDirectory: string;
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Descriptor for stdout and stderr, or undefined to discard both. */
  readonly output: number | undefined;
  /** Where the process itself opens its log, as its own user; wins over `output`. */
  readonly logFilePrefix?: string;
  /** Opens a Node.js IPC channel; messages are JSON. */
  readonly channel: boolean;
  /** Inherited as descriptors 4, 5, … (3 is the channel). */
  readonly sockets: readonly number[];
  /** Credentials to change to; needs root. Undefined = the current user. */
  readonly credentials: Credentials | undefined;
  /** Of its own, removed when `killRemains` was called; undefined where there are none. */
  readonly group?: ControlGroup | undefined;
  /** Soft and hard stack limit of the main thread, bytes; undefined = as inherited. */
  readonly stackLimitBytes?: number;
}

export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process in its own session and process group, which ends when the supervisor ends. */
export interface LaunchedProcess {
  readonly pid: number;
  /** Clock ticks since boot; with the pid the identity of the process. */
  readonly startTime: string;
  /** Secret of the launch that all descendants inherit, see `killMarked`. */
  readonly mark: string;
  /** Bytes handed to `send` and not yet taken by the kernel. */
  readonly unsentBytes: number;
  send(message: object): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The channel is gone while the process may still live. */
  onDisconnect(listener: () => void): void;
  onExit(listener: (exit: Exit) => void): void;
  /** Signals the main process only. */
  signal(name: NodeJS.Signals): void;
  /** SIGKILL to the whole tree, sessions of their own included; nothing once the main process has ended. */
  killTree(): void;
  /** SIGKILL to what a process that has ended left behind, in sessions of its own included; call it in `onExit`. */
  killRemains(): void;
}

/** First descriptor of `LaunchRequest.sockets` in the child. */
export const firstSocketDescriptor = 4;

/** Every descendant inherits this variable, so that none escapes by leaving its session and parent. */
const markVariable = 'POOLHOUSE_PROCESS';

const setpriv = '/usr/bin/setpriv';
const prlimit = '/usr/bin/prlimit';
const env = '/usr/bin/env';
const shell = '/bin/sh';

/**
 * Opens `<prefix>_<UTC yyyyMMddHHmmss>_<pid>.log` as the process's own user, so that root never opens a
 * path that a pool's user controls; starts the program without a log when that fails. The script is
 * constant: text from the configuration only ever arrives as a positional argument.
 */
const openLogThenExec = `
prefix=$1; shift
case $prefix in */*) mkdir -p -- "\${prefix%/*}" 2>/dev/null;; esac
log=\${prefix}_$(date -u +%Y%m%d%H%M%S)_$$.log
umask 027
if (: >>"$log") 2>/dev/null; then exec "$@" >>"$log" 2>&1; else exec "$@"; fi`;

/**
 * Variables that the C library obeys before a program's first instruction: an application may set them for
 * itself, but `setpriv` runs with our rights. The list is that of glibc's set-user-ID programs, as far as
 * `setpriv` could meet it (https://man7.org/linux/man-pages/man8/ld.so.8.html).
 */
const actsBeforeMain = /^(LD_|MALLOC_|GLIBC_|(GCONV_PATH|GETCONF_DIR|LOCPATH|MUSL_LOCPATH|NLSPATH)$)/;

/**
 * Starts a process. Must be called on the main thread: the kernel ties the parent-death signal to the
 * thread that spawns.
 *
 * @throws NodeJS.ErrnoException when the process cannot be created (EAGAIN, ENOMEM, EACCES of the folder)
 */
export async function launch(request: LaunchRequest): Promise<LaunchedProcess> {
  const [command, ...args] = commandLine(request);
  const output = request.output ?? 'ignore';
  const mark = randomBytes(16).toString('hex');
  const stdio: StdioOptions = ['ignore', output, output, request.channel ? 'ipc' : 'ignore', ...request.sockets];
  const environment = Object.entries(request.environment).filter(([name]) => !actsBeforeMain.test(name));
  const child = spawn(command as string, args, {
    cwd: request.workingDirectory,
    env: { ...Object.fromEntries(environment), [markVariable]: mark },
    stdio,
    detached: true,
    serialization: 'json',
  });
  // At once: the child is at the beginning of `setpriv`, which starts nothing of its own.
  if (child.pid !== undefined) request.group?.join(child.pid);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  } catch (error) {
    request.group?.remove();
    throw existsSync(setpriv) ? error : new Error(`${setpriv} is missing; install the package util-linux (or setpriv)`);
  }
  return new Launched(child, mark, request.group);
}

function commandLine(request: LaunchRequest): string[] {
  const { credentials, stackLimitBytes, logFilePrefix } = request;
  const command = [setpriv, '--no-new-privs', '--pdeathsig', 'KILL'];
  if (credentials !== undefined) {
    command.push(`--reuid=${credentials.uid}`, `--regid=${credentials.gid}`);
    command.push(credentials.groups.length > 0 ? `--groups=${credentials.groups.join(',')}` : '--clear-groups');
    command.push('--bounding-set=-all', '--inh-caps=-all');
  }
  command.push('--');
  if (stackLimitBytes !== undefined) command.push(prlimit, `--stack=${stackLimitBytes}:`, '--');
  if (logFilePrefix !== undefined) command.push(shell, '-c', openLogThenExec, 'poolhouse-log', logFilePrefix);
  const late = Object.entries(request.environment).filter(([name]) => actsBeforeMain.test(name));
  // `env` would take a path with a `=` for a variable: the program is named to setpriv.
  if (late.length > 0) command.push(env, ...late.map((pair) => pair.join('=')), setpriv, '--no-new-privs', '--');
  return [...command, request.program, ...request.arguments];
}

class Launched implements LaunchedProcess {
  readonly #child: ChildProcess;
  readonly #group: ControlGroup | undefined;
  readonly mark: string;
  readonly pid: number;
  readonly startTime: string;
  unsentBytes = 0;

  constructor(child: ChildProcess, mark: string, group: ControlGroup | undefined) {
    this.#child = child;
    this.#group = group;
    this.mark = mark;
    this.pid = child.pid as number;
    this.startTime = processStat(this.pid)?.startTime ?? '';
    // A channel whose peer has just died reports EPIPE here; the exit that follows is what counts.
    child.on('error', () => {});
  }

  send(message: object): void {
    if (!this.#child.connected) return;
    const size = JSON.stringify(message).length;
    this.unsentBytes += size;
    this.#child.send(message, () => {
      this.unsentBytes -= size;
    });
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#child.on('message', listener);
  }

  onDisconnect(listener: () => void): void {
    this.#child.once('disconnect', listener);
  }

  onExit(listener: (exit: Exit) => void): void {
    if (this.#hasExited) {
      queueMicrotask(() => listener({ code: this.#child.exitCode, signal: this.#child.signalCode }));
    } else {
      this.#child.once('exit', (code, signal) => listener({ code, signal }));
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  killTree(): void {
    if (this.#hasExited) return;
    this.#group?.kill();
    // The walk comes first: once the main process is dead, its children belong to init.
    for (const pid of processTree(this.pid).slice(1)) killQuietly(pid);
    killQuietly(-this.pid);
    killQuietly(this.pid);
  }

  killRemains(): void {
    this.#group?.kill();
    killQuietly(-this.pid);
    killMarked([this.mark]);
    this.#group?.remove();
  }

  /** Until then its number cannot be given to another process. */
  get #hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

/** Ends every process that inherited one of these marks. */
export function killMarked(marks: readonly string[]): number {
  const pids = processesMarked(markVariable, new Set(marks));
  for (const pid of pids) killQuietly(pid);
  return pids.length;
}

/** A process that is already gone is what we wanted; one that is not ours is another one with its number. */
export function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
