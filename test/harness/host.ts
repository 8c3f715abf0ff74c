import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { request, type RequestOptions, type Target } from './client/request.ts';
import type { Response } from './client/response.ts';
import { writeConfiguration, writeText, type ConfigurationShorthand } from './configuration.ts';
import { EventCollection, type EventMatch } from './event-log.ts';
import { checkAfterStop, checkWhileRunning, type UnexpectedEvents } from './invariants.ts';
import { callManagement, type PoolSnapshot, type StatusSnapshot, type WorkerSnapshot } from './management.ts';
import { freePort } from './ports.ts';
import { commandLine, descendants, readStat, type ProcessIdentity, type ProcessStat } from './processes.ts';
import { until, within } from './until.ts';

/** The built command, as a user starts it. */
export const commandFile = fileURLToPath(new URL('../../packages/host/dist/cli/main.js', import.meta.url));

export interface HostOptions extends Partial<ConfigurationShorthand> {
  /** Text of `applicationHost.config` instead of the shorthand; `%PORT0%`, `%PORT1%`, … are free ports. */
  readonly config?: string;
  /** Number of such ports; the first is that of `target()`. Default 1. */
  readonly ports?: number;
  readonly gateways?: number;
  /** As root, one user per pool; else everything runs as the current user. Default false. */
  readonly separateUsers?: boolean;
  /** Further arguments of `start`. */
  readonly arguments?: readonly string[];
  /** Program and words in front of the command; it must become the command (`exec "$@"`). */
  readonly launcher?: readonly string[];
  /** Environment of the supervisor besides PATH. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Warnings and errors that the test causes; any other fails it. */
  readonly expects?: readonly string[];
  /** Folder of an earlier host (`TestHost.root`), whose state and run folders are used again. */
  readonly root?: string;
}

export type Role = 'supervisor' | 'gateway' | 'worker' | 'app';

export interface TestHost {
  /** Everything of this host lies below: configuration, content, state, run and log folders. */
  readonly root: string;
  readonly configuration: string;
  readonly runFolder: string;
  readonly logFolder: string;
  readonly socketPath: string;
  readonly supervisor: ChildProcess;
  readonly events: EventCollection;
  /** Content folder of an application by its id: `site/`, `site/api`. */
  folder(application: string): string;
  /** Port of a site by name, or by number for a configuration given as text. */
  port(site?: string | number): number;
  target(path: string, site?: string | number): Target;
  /** One request on a connection of its own. */
  get(path: string, options?: RequestOptions & { readonly site?: string | number }): Promise<Response>;
  status(): Promise<StatusSnapshot>;
  pool(name?: string): Promise<PoolSnapshot>;
  /** Processes of a pool that serve. */
  running(pool?: string): Promise<readonly WorkerSnapshot[]>;
  recycle(pool?: string, options?: { readonly wait?: boolean }): Promise<void>;
  startPool(pool?: string): Promise<void>;
  stopPool(pool?: string): Promise<void>;
  /** Direct children of the supervisor by role, as /proc shows them. */
  processes(role: Exclude<Role, 'supervisor'>): ProcessStat[];
  pids(): Record<Role, number[]>;
  /** Declares that warnings or errors of this name (and fields) are meant to come. */
  expects(event: string, where?: EventMatch): void;
  /** Ends the host in order and checks what must hold after every test. */
  stop(options?: StopOptions): Promise<void>;
  /** Sends SIGKILL to the supervisor and waits until it is gone. */
  kill(): Promise<void>;
}

export interface StopOptions {
  /** Keeps the folders for a next start. */
  readonly keepFiles?: boolean;
}

/** Starts the built product on files of its own and waits until it accepts connections. */
export async function startHost(options: HostOptions): Promise<TestHost> {
  const mark = `poolhouse-test-${randomUUID()}`;
  const root = options.root ?? mkdtempSync(join(tmpdir(), 'poolhouse-test-'));
  // Pools may run as users of their own, which must be able to reach their content.
  chmodSync(root, 0o755);
  const folders = { state: join(root, 'state'), run: join(root, 'run'), log: join(root, 'log') };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });

  const sites = options.sites ?? [];
  const ports: number[] = [];
  for (let count = 0; count < Math.max(options.ports ?? 1, sites.length); count += 1) ports.push(await freePort());
  const written =
    options.config === undefined
      ? writeConfiguration(root, { ...options, sites }, ports, mark)
      : writeText(root, options.config, ports);

  const [launcher, ...words] = options.launcher ?? [];
  const supervisor = spawn(
    launcher ?? process.execPath,
    [
      ...(launcher === undefined ? [] : [...words, process.execPath]),
      commandFile,
      'start',
      ...['--config', written.file, '--state', folders.state, '--run', folders.run, '--log', folders.log],
      ...['--gateways', String(options.gateways ?? 1)],
      ...(process.getuid?.() === 0 && options.separateUsers !== true ? ['--allow-root'] : []),
      ...(options.arguments ?? []),
    ],
    {
      cwd: root,
      env: { PATH: process.env['PATH'], POOLHOUSE_TEST_MARK: mark, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const host = new RunningHost(supervisor, { root, mark, folders, written, ports, sites, expects: options.expects });
  try {
    await host.started();
  } catch (error) {
    await host.kill();
    host.removeFiles();
    throw error;
  }
  return host;
}

interface Parts {
  readonly root: string;
  readonly mark: string;
  readonly folders: { readonly state: string; readonly run: string; readonly log: string };
  readonly written: { readonly file: string; readonly folders: Readonly<Record<string, string>> };
  readonly ports: readonly number[];
  readonly sites: ConfigurationShorthand['sites'];
  readonly expects: readonly string[] | undefined;
}

class RunningHost implements TestHost {
  readonly supervisor: ChildProcess;
  readonly events = new EventCollection();
  readonly #parts: Parts;
  readonly #exit: Promise<void>;
  readonly #expected: UnexpectedEvents['expected'];
  /** Every process ever seen below the supervisor: after the end none may live. */
  readonly #seen = new Map<string, ProcessIdentity>();
  readonly #watch: NodeJS.Timeout;
  #stopped = false;

  constructor(supervisor: ChildProcess, parts: Parts) {
    this.supervisor = supervisor;
    this.#parts = parts;
    this.#expected = (parts.expects ?? []).map((event) => ({ event, where: {} }));
    this.events.collect(supervisor.stdout!);
    this.events.collect(supervisor.stderr!);
    this.#exit = new Promise((resolve) => supervisor.once('close', () => resolve()));
    this.#watch = setInterval(() => this.#look(), 100);
    this.#watch.unref();
  }

  get root(): string {
    return this.#parts.root;
  }

  get configuration(): string {
    return this.#parts.written.file;
  }

  get runFolder(): string {
    return this.#parts.folders.run;
  }

  get logFolder(): string {
    return this.#parts.folders.log;
  }

  get socketPath(): string {
    return join(this.#parts.folders.run, 'admin.sock');
  }

  async started(): Promise<void> {
    await until(
      'the host to accept connections',
      async () => {
        if (this.supervisor.exitCode !== null) return true;
        const status = await this.status();
        return status.state === 'started' && status.gateways.some((gateway) => gateway.state === 'running');
      },
      { withinMs: 30_000 },
    );
    if (this.supervisor.exitCode !== null) {
      await this.#exit;
      const said = [...this.events.events.map((event) => event.message), ...this.events.otherLines].join('\n');
      throw new Error(`the host ended with code ${this.supervisor.exitCode} instead of starting:\n${said}`);
    }
  }

  folder(application: string): string {
    const folder = this.#parts.written.folders[application];
    if (folder === undefined) throw new Error(`no application ${application}`);
    return folder;
  }

  port(site?: string | number): number {
    const index =
      typeof site !== 'string' ? (site ?? 0) : this.#parts.sites.findIndex((each) => (each.name ?? 'site') === site);
    return this.#parts.ports[index] as number;
  }

  target(path: string, site?: string | number): Target {
    return { port: this.port(site), path };
  }

  get(path: string, options: RequestOptions & { readonly site?: string | number } = {}): Promise<Response> {
    return request(this.target(path, options.site), options);
  }

  async status(): Promise<StatusSnapshot> {
    const { status, text } = await callManagement(this.socketPath, 'GET', '/api/v1/status');
    if (status !== 200) throw new Error(`status answered ${status}: ${text}`);
    return JSON.parse(text) as StatusSnapshot;
  }

  async pool(name?: string): Promise<PoolSnapshot> {
    const { pools } = await this.status();
    const found = name === undefined ? pools[0] : pools.find((pool) => pool.name === name);
    if (found === undefined) throw new Error(`no pool ${name}`);
    return found;
  }

  async running(pool?: string): Promise<readonly WorkerSnapshot[]> {
    return (await this.pool(pool)).workers.filter((worker) => worker.state === 'running');
  }

  recycle(pool?: string, { wait = true }: { readonly wait?: boolean } = {}): Promise<void> {
    return this.#act(pool, `recycle?wait=${wait}`);
  }

  startPool(pool?: string): Promise<void> {
    return this.#act(pool, 'start');
  }

  stopPool(pool?: string): Promise<void> {
    return this.#act(pool, 'stop');
  }

  async #act(pool: string | undefined, action: string): Promise<void> {
    const name = pool ?? (await this.pool()).name;
    const path = `/api/v1/pools/${encodeURIComponent(name)}/${action}`;
    const { status, text } = await callManagement(this.socketPath, 'POST', path);
    if (status >= 300) throw new Error(`${action} of ${name} answered ${status}: ${text}`);
  }

  processes(role: Exclude<Role, 'supervisor'>): ProcessStat[] {
    return descendants(this.supervisor.pid as number).filter(
      (process) => process.parent === this.supervisor.pid && roleOf(process.pid) === role,
    );
  }

  pids(): Record<Role, number[]> {
    const of = (role: Exclude<Role, 'supervisor'>) => this.processes(role).map((process) => process.pid);
    return {
      supervisor: [this.supervisor.pid as number],
      gateway: of('gateway'),
      worker: of('worker'),
      app: of('app'),
    };
  }

  expects(event: string, where: EventMatch = {}): void {
    this.#expected.push({ event, where });
  }

  async stop({ keepFiles = false }: StopOptions = {}): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    const ran = this.supervisor.exitCode === null && this.supervisor.signalCode === null;
    try {
      if (ran) {
        await checkWhileRunning({ ports: this.#parts.ports });
        this.#look();
        this.supervisor.kill('SIGTERM');
      }
      await this.#gone();
      await checkAfterStop({
        seen: [...this.#seen.values()],
        mark: this.#parts.mark,
        runFolder: this.runFolder,
        // A supervisor that was killed cannot clean up; the next start does.
        socketFilesMayRemain: this.supervisor.signalCode === 'SIGKILL',
        collection: this.events,
        expected: this.#expected,
      });
      if (ran && this.supervisor.exitCode !== 0) {
        throw new Error(`the supervisor ended with ${this.supervisor.exitCode ?? this.supervisor.signalCode}`);
      }
    } finally {
      clearInterval(this.#watch);
      if (!keepFiles) this.removeFiles();
    }
  }

  async kill(): Promise<void> {
    this.#look();
    this.supervisor.kill('SIGKILL');
    await this.#gone();
  }

  removeFiles(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  async #gone(): Promise<void> {
    try {
      await within('the supervisor to end', this.#exit, 60_000);
    } catch (error) {
      this.supervisor.kill('SIGKILL');
      throw error;
    }
  }

  #look(): void {
    for (const process of descendants(this.supervisor.pid as number)) {
      this.#seen.set(`${process.pid}@${process.startTime}`, process);
    }
  }
}

function roleOf(pid: number): Exclude<Role, 'supervisor'> | undefined {
  const words = commandLine(pid);
  if (readStat(pid) === undefined || words.length === 0) return undefined;
  if (words.some((word) => /\/gateway\/[\w-]+\.js$/.test(word))) return 'gateway';
  if (words.some((word) => /\/worker\/dist\/preload[\w.]*\.c?js$/.test(word))) return 'worker';
  return 'app';
}
