import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { BoundSocket, type BoundSocketOptions } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import {
  channelVersion,
  createPairingToken,
  parseWorkerMessage,
  type FromWorker,
  type ToWorker,
  type WorkerSettings,
} from '@poolhouse/contract';
import { preloadPath, stackLimitBytes, workerArguments } from '../../dist/index.js';
import { Gateway } from './gateway.ts';

const apps = join(__dirname, '../../../../test/fixtures/apps');
const socketDescriptor = 4;

export interface WorkerStart {
  /** Path of Node.js. */
  readonly node: string;
  /** Below test/fixtures/apps, or absolute. */
  readonly app: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly settings?: Partial<WorkerSettings>;
  readonly stackSizeKiB?: number;
  readonly appArguments?: readonly string[];
  /** Instead of what the package says. */
  readonly preload?: string;
  /** Not sent, when false. */
  readonly pair?: boolean;
}

type MessageOf<Type> = Extract<FromWorker, { readonly type: Type }>;

/** Plays the supervisor for one worker: binds its socket, starts it, and speaks the control channel. */
export async function startWorker(start: WorkerStart): Promise<WorkerUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'worker-'));
  const path = join(folder, 'socket');
  const socket = new BoundSocket({ path } as BoundSocketOptions);
  const port = start.settings?.port ?? 8080;
  const settings: WorkerSettings = {
    ...{ version: channelVersion, socket: socketDescriptor, port, applicationPath: '/' },
    ...start.settings,
  };
  const stack = start.stackSizeKiB;
  const command = [
    ...(stack === undefined ? [] : ['prlimit', `--stack=${stackLimitBytes(stack)}:`, '--']),
    start.node,
    ...workerArguments(stack === undefined ? {} : { stackSizeKiB: stack }).map((argument) =>
      argument === preloadPath ? (start.preload ?? argument) : argument,
    ),
    join(apps, start.app),
    ...(start.appArguments ?? []),
  ];
  const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', 'ipc', socket.fd() as number];
  const environment = { PATH: process.env['PATH'], TMPDIR: folder, PORT: String(port), ...start.environment };
  const child = spawn(command[0] as string, command.slice(1), {
    env: { ...environment, POOLHOUSE_WORKER: JSON.stringify(settings) },
    stdio,
    serialization: 'json',
  });
  const token = createPairingToken();
  const worker = new WorkerUnderTest(child, new Gateway(path, token), token, async () => {
    socket.close();
    await rm(folder, { recursive: true, force: true });
  });
  if (start.pair !== false) worker.send({ type: 'pair', token });
  return worker;
}

/** A worker and both of its peers. Ends with its scope: `await using worker = await startWorker(…)`. */
export class WorkerUnderTest implements AsyncDisposable {
  readonly gateway: Gateway;
  readonly token: string;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** What the worker wrote, stdout and stderr together. */
  output = '';
  readonly messages: FromWorker[] = [];
  readonly #child: ChildProcess;
  readonly #cleanUp: () => Promise<void>;
  #watchers: (() => void)[] = [];
  #ended = false;
  #disposed: Promise<void> | undefined;

  constructor(child: ChildProcess, gateway: Gateway, token: string, cleanUp: () => Promise<void>) {
    this.#child = child;
    this.gateway = gateway;
    this.token = token;
    this.#cleanUp = cleanUp;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.#changed();
      });
    }
    child.on('message', (value) => {
      const message = parseWorkerMessage(value);
      if (message === undefined) throw new Error(`not a message of the protocol: ${JSON.stringify(value)}`);
      this.messages.push(message);
      this.#changed();
    });
    // Not 'close': it does not come after `disconnect`.
    const outputs = [child.stdout, child.stderr].map((stream) => once(stream as Readable, 'close'));
    this.exit = Promise.all([once(child, 'exit'), ...outputs]).then(([[code, signal]]) => {
      this.#ended = true;
      this.#changed();
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  send(message: ToWorker extends infer Each ? (Each extends unknown ? Omit<Each, 'version'> : never) : never): void {
    this.#child.send({ version: channelVersion, ...message }, () => {});
  }

  /** As when the supervisor dies. */
  disconnect(): void {
    this.#child.disconnect();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** The next message of a kind, or the one that has come. */
  async message<Type extends FromWorker['type']>(type: Type, number = 1): Promise<MessageOf<Type>> {
    const found = (): FromWorker | undefined => this.messages.filter((each) => each.type === type)[number - 1];
    await this.until(() => found() !== undefined, `message ${type}`);
    return found() as MessageOf<Type>;
  }

  /** Answer to a ping. */
  async ping(): Promise<MessageOf<'pong'>> {
    const sequence = this.messages.filter(({ type }) => type === 'pong').length + 1;
    this.send({ type: 'ping', sequence });
    return this.message('pong', sequence);
  }

  /** Waits for output, a message or the exit to make a condition true; fails when the worker ends without it. */
  async until(condition: () => boolean, what: string): Promise<void> {
    while (!condition()) {
      if (this.#ended) throw new Error(`the worker ended without ${what}; it wrote:\n${this.output}`);
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  async outputIncludes(text: string): Promise<void> {
    await this.until(() => this.output.includes(text), `writing "${text}"`);
  }

  /** Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose();
    await this.#disposed;
  }

  async #dispose(): Promise<void> {
    this.gateway.close();
    this.#child.kill('SIGKILL');
    await this.exit;
    await this.#cleanUp();
  }

  #changed(): void {
    for (const watcher of this.#watchers.splice(0)) watcher();
  }
}
