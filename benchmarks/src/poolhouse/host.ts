import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onCore } from '../machine/cores.ts';
import type { Cores } from '../machine/cores.ts';
import { untilAccepts } from '../machine/ports.ts';
import { startProcess } from '../machine/started-process.ts';
import type { StartedProcess } from '../machine/started-process.ts';
import { writeConfiguration } from './configuration.ts';
import type { HostedApp } from './configuration.ts';

const program = fileURLToPath(new URL('../../../packages/host/dist/cli/main.js', import.meta.url));

export interface HostOptions {
  readonly cores: Cores;
  /** Folder of its own for configuration, state, sockets and logs. */
  readonly folder: string;
  readonly apps: readonly HostedApp[];
  readonly gateways: number;
}

/** What `poolhouse status --json` tells, as far as it is needed here. */
interface Status {
  readonly gateways: readonly { readonly pid: number; readonly state: string }[];
  readonly pools: readonly {
    readonly name: string;
    readonly workers: readonly { readonly pid: number; readonly state: string; readonly health: string }[];
  }[];
}

/** Poolhouse, started and spoken to as its user does: by the command line. */
export class PoolhouseHost {
  readonly #process: StartedProcess;
  readonly #folder: string;

  private constructor(process: StartedProcess, folder: string) {
    this.#process = process;
    this.#folder = folder;
  }

  /** Starts it on the measured core and waits until every site accepts connections. */
  static async start({ cores, folder, apps, gateways }: HostOptions): Promise<PoolhouseHost> {
    if (!existsSync(program)) throw new Error('Poolhouse is not built: npm run build');
    mkdirSync(folder, { recursive: true });
    const file = writeConfiguration(folder, apps);
    const root = process.getuid?.() === 0 ? ['--allow-root'] : [];
    const started = startProcess(
      onCore(cores, cores.measured, [
        process.execPath,
        program,
        'start',
        ...['--config', file, '--state', `${folder}/state`, '--run', `${folder}/run`, '--log', `${folder}/log`],
        ...['--gateways', String(gateways), ...root],
      ]),
      { folder, logFile: `${folder}/output.log` },
    );
    try {
      for (const { port } of apps) await untilAccepts(port, started.alive);
    } catch (error) {
      await started.stop();
      throw new Error(`Poolhouse did not start: ${started.output().trim()}`, { cause: error });
    }
    return new PoolhouseHost(started, folder);
  }

  /** Runs a command and returns the JSON it prints; throws what it says when it fails. */
  async command(...args: readonly string[]): Promise<unknown> {
    const child = spawn(process.execPath, [program, ...args, '--json', '--run', `${this.#folder}/run`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = await Promise.all(
      [child.stdout, child.stderr].map(async (stream) => (await stream.toArray()).join('')),
    );
    const [output = '', errors = ''] = texts;
    if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode !== 0) {
      throw new Error(`poolhouse ${args.join(' ')} ended with ${child.exitCode}: ${errors}${output}`);
    }
    return JSON.parse(output);
  }

  async gateways(): Promise<number[]> {
    const { gateways } = (await this.command('status')) as Status;
    return gateways.map(({ pid }) => pid);
  }

  /** Processes of a pool: the workers of in-process apps, the programs of others. */
  async workers(pool: string): Promise<number[]> {
    const { pools } = (await this.command('status')) as Status;
    return pools.find(({ name }) => name === pool)?.workers.map(({ pid }) => pid) ?? [];
  }

  stop(): Promise<void> {
    return this.#process.stop(30_000);
  }
}
