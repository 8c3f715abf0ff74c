import {
  channelVersion,
  eventHeader,
  pairingTokenHeader,
  parseWorkerMessage,
  shutdownPath,
  workerMessageLimit,
  workerSettingsVariable,
  type FromWorker,
  type ToWorker,
  type Upstream,
  type WorkerSettings,
} from '@poolhouse/contract';
import {
  bindUnixSocket,
  firstSocketDescriptor,
  isAlive,
  launch,
  readCapturedOutput,
  readLastOutput,
  type Exit,
  type LaunchedProcess,
  type ListeningSocket,
  type OutputFile,
  type RunRecord,
} from '../../../linux/index.ts';
import type { ApplicationSettings } from '../../activation/revision.ts';
import { withoutSecrets } from '../../without-secrets.ts';
import type { StartProblem } from '../failure/start-problem.ts';
import type { WorkerProcess } from '../pool-state.ts';
import type { HostFacts, PoolIdentity } from './host-facts.ts';
import { lookForListener, nextPause } from './readiness.ts';
import type { Program } from './program.ts';
import type { StartPlan } from './start-plan.ts';

/** What a process tells the pool; all but `exited` may never come. */
export interface HostedProcessEvents {
  launched(pid: number): void;
  hello(): void;
  ready(listeningPid: number, port: number): void;
  pong(): void;
  /** It broke the rules of its channel or cannot be hosted; it still runs. */
  condemned(ending: 'untrusted' | 'unsupported', problem: StartProblem): void;
  exited(problem: StartProblem): void;
  /** Something around the process failed (a full disk); the process itself did not. */
  troubled(task: string, error: unknown): void;
}

/** Asks a gateway to send one request to an upstream. */
export type SendOrder = (order: {
  readonly upstream: Upstream;
  readonly method: 'GET' | 'POST';
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly limitMs: number;
}) => Promise<{ readonly status: number; readonly error?: string }>;

/**
 * One process of a pool as its parent sees it; the inside of a worker is the `worker` package. Starts the
 * process, listens to it, and ends it; decides nothing.
 */
export class HostedProcess {
  readonly #process: WorkerProcess;
  readonly #application: ApplicationSettings;
  readonly #plan: StartPlan;
  readonly #host: HostFacts;
  readonly #output: OutputFile;
  readonly #outputStart: number;
  readonly #record: RunRecord;
  readonly #events: HostedProcessEvents;
  readonly #worker: boolean;
  #socket: ListeningSocket | undefined;
  #launched: LaunchedProcess | undefined;
  #protocol: Upstream['protocol'] = 'http/1.1';
  #wasReady = false;
  #exited = false;
  #killed = false;
  #ended = false;
  #pollTimer: NodeJS.Timeout | undefined;
  #pingSequence = 0;

  constructor(
    process: WorkerProcess,
    application: ApplicationSettings,
    plan: StartPlan,
    worker: boolean,
    host: HostFacts,
    output: OutputFile,
    record: RunRecord,
    events: HostedProcessEvents,
  ) {
    this.#process = process;
    this.#application = application;
    this.#plan = plan;
    this.#worker = worker;
    this.#host = host;
    this.#output = output;
    this.#outputStart = output.size();
    this.#record = record;
    this.#events = events;
  }

  get pid(): number | undefined {
    return this.#launched?.pid;
  }

  get alive(): boolean {
    return !this.#exited && this.#launched !== undefined && isAlive(this.#launched.pid, this.#launched.startTime);
  }

  /** Where requests are sent; complete once the process is ready. */
  upstream(debugged = false): Upstream {
    const { id, application, slot, hosting } = this.#process;
    const forwardPort = this.#application.hosting?.handlerSettings['forwardedforport'];
    return {
      ...{ id, application, slot, pool: this.#application.pool, token: this.#plan.token, protocol: this.#protocol },
      kind: this.#worker ? hosting.kind : 'app',
      address: this.#worker ? { path: this.#socketPath } : { host: '127.0.0.1', port: this.#plan.port },
      forwardPort: forwardPort === undefined ? this.#plan.program.aspNetCore : forwardPort.toLowerCase() === 'true',
      ...(debugged ? { debugged } : {}),
    };
  }

  /** @throws when the kernel refuses to make the process or its socket */
  async start(identity: PoolIdentity): Promise<void> {
    await identity.keyRing?.ready();
    const plan = this.#plan;
    const environment = { ...plan.environment };
    if (this.#worker) {
      this.#socket = bindUnixSocket(this.#socketPath, this.#host.socketOwner);
      environment[workerSettingsVariable] = JSON.stringify(this.#workerSettings());
    }
    const launched = await launch({
      program: plan.program.path,
      arguments: plan.arguments,
      workingDirectory: plan.workingDirectory,
      environment,
      output: plan.captureOutput ? this.#output.fd : undefined,
      ...(plan.logFilePrefix === undefined ? {} : { logFilePrefix: plan.logFilePrefix }),
      channel: this.#worker,
      sockets: this.#socket === undefined ? [] : [this.#socket.fd],
      credentials: identity.credentials,
      group: this.#host.controlGroups?.create(this.#application.pool, this.#process.slot, this.#process.id),
      ...(plan.stackLimitBytes === undefined ? {} : { stackLimitBytes: plan.stackLimitBytes }),
    }).catch((error: unknown) => {
      this.#socket?.close();
      throw error;
    });
    this.#launched = launched;
    this.#attempt('recording a process', () => this.#record.add(launched));
    launched.onExit((exit) => this.#onExit(exit));
    if (this.#worker) {
      launched.onMessage((message) => this.#onMessage(message));
      this.#send({ version: channelVersion, type: 'pair', token: plan.token });
    } else {
      this.#pollReadiness(undefined);
    }
    this.#events.launched(launched.pid);
    if (this.#killed) launched.killTree();
  }

  ping(): void {
    this.#pingSequence += 1;
    this.#send({ version: channelVersion, type: 'ping', sequence: this.#pingSequence });
  }

  /**
   * Asks the process to end in its own way: a worker over its channel, ASP.NET Core by the module's
   * shutdown message, and SIGTERM for everything else or when the message was not understood.
   */
  async end(
    limitMs: number,
    answersMs: number | undefined,
    sendOrder: SendOrder,
    onShutdownAnswer: (status: number) => void,
  ): Promise<void> {
    this.#ended = true;
    this.#stopPolling();
    const launched = this.#launched;
    if (launched === undefined || this.#exited) return this.kill();
    if (this.#worker) {
      const answers = answersMs === undefined ? {} : { answersMs };
      return this.#send({ version: channelVersion, type: 'drain', limitMs, ...answers });
    }
    if (limitMs === 0) return this.kill();
    if (await this.#shutdownMessageAccepted(limitMs, sendOrder, onShutdownAnswer)) return;
    if (!this.#exited) launched.signal('SIGTERM');
  }

  /** Ends the whole tree at once; before the launch is done, as soon as it is. */
  kill(): void {
    this.#killed = true;
    this.#stopPolling();
    this.#launched?.killTree();
  }

  get #socketPath(): string {
    return `${this.#host.runFolder}/w${this.#process.id}.sock`;
  }

  #workerSettings(): WorkerSettings {
    const exported = this.#application.hosting?.handlerSettings['exportedhandler'];
    return {
      ...{ version: channelVersion, socket: firstSocketDescriptor, port: Number(this.#plan.environment['PORT']) },
      applicationPath: this.#application.path,
      ...(exported === undefined ? {} : { exportedHandler: exported }),
    };
  }

  async #shutdownMessageAccepted(
    limitMs: number,
    sendOrder: SendOrder,
    onAnswer: (status: number) => void,
  ): Promise<boolean> {
    const wish = this.#application.hosting?.handlerSettings['shutdownmessage']?.toLowerCase() ?? 'auto';
    if (wish === 'never' || (wish !== 'always' && !this.#plan.program.aspNetCore)) return false;
    const base = this.#application.path === '/' ? '' : this.#application.path;
    const answer = await sendOrder({
      ...{ upstream: this.upstream(), method: 'POST', target: `${base}${shutdownPath}`, limitMs },
      headers: [
        ['Host', `127.0.0.1:${this.#plan.port}`],
        [eventHeader, 'shutdown'],
        [pairingTokenHeader, this.#plan.token],
      ],
    });
    onAnswer(answer.status);
    return answer.status === 202;
  }

  #send(message: ToWorker): void {
    this.#launched?.send(message);
  }

  #onMessage(value: unknown): void {
    const size = JSON.stringify(value)?.length ?? 0;
    const message = size > workerMessageLimit ? undefined : parseWorkerMessage(value);
    if (message === undefined) {
      const text =
        size > workerMessageLimit
          ? `a message of ${size} bytes, more than ${workerMessageLimit}`
          : 'a message that is not part of the protocol';
      return this.#events.condemned('untrusted', {
        stage: 'launch',
        message: `its control channel carried ${text}`,
        critical: false,
      });
    }
    this.#dispatch(message);
  }

  #dispatch(message: FromWorker): void {
    switch (message.type) {
      case 'hello':
        return this.#events.hello();
      case 'ready':
        this.#protocol = message.protocol;
        this.#wasReady = true;
        return this.#events.ready(this.#launched?.pid ?? 0, message.port);
      case 'pong':
        return this.#events.pong();
      case 'unsupported':
        return this.#events.condemned('unsupported', { stage: 'unsupported', message: message.reason, critical: true });
      case 'drained':
        return; // its exit follows
    }
  }

  #pollReadiness(pauseMs: number | undefined): void {
    const pause = nextPause(pauseMs);
    this.#pollTimer = setTimeout(() => {
      const pid = this.#launched?.pid;
      if (pid === undefined || this.#exited || this.#ended) return;
      const readiness = this.#attempt('looking for a listener', () => lookForListener(pid, this.#plan.port));
      if (readiness === undefined) return this.#pollReadiness(pause);
      if (readiness.state === 'ready') {
        this.#wasReady = true;
        return this.#events.ready(readiness.listeningPid, this.#plan.port);
      }
      if (readiness.state === 'taken') {
        const message = `another process listens on 127.0.0.1:${this.#plan.port}, the port that was chosen for the application`;
        return this.#events.condemned('unsupported', { stage: 'listen', message, critical: false });
      }
      this.#pollReadiness(pause);
    }, pause);
  }

  #stopPolling(): void {
    clearTimeout(this.#pollTimer);
  }

  #onExit(exit: Exit): void {
    this.#exited = true;
    this.#stopPolling();
    this.#attempt('closing a socket', () => this.#socket?.close());
    // What it started dies with it: a child that keeps the port would answer for an application that is gone.
    this.#attempt('ending what a process left behind', () => this.#launched?.killRemains());
    this.#attempt('recording a process', () => this.#record.delete(this.#launched?.pid ?? 0));
    this.#events.exited(this.#exitProblem(exit));
  }

  /** What the system refuses here must not cost the pool the event that follows. */
  #attempt<Result>(task: string, act: () => Result): Result | undefined {
    try {
      return act();
    } catch (error) {
      this.#events.troubled(task, error);
      return undefined;
    }
  }

  /** Of a start that failed the beginning tells why, of a crash the end. */
  #capturedOutput(): string {
    if (!this.#plan.captureOutput) return '';
    const read = this.#wasReady ? readLastOutput : readCapturedOutput;
    const output = this.#attempt('reading output', () => read(this.#output.fd, this.#outputStart)) ?? '';
    return withoutSecrets(output, [this.#plan.token]);
  }

  #exitProblem({ code, signal }: Exit): StartProblem {
    const message = signal === null ? `it exited with code ${code ?? 'unknown'}` : `it was ended by ${signal}`;
    const output = this.#capturedOutput();
    return {
      ...{
        stage: isMissingRuntime(this.#plan.program, output) ? 'runtime' : 'exit',
        message,
        critical: false,
        detailed: this.#plan.detailedErrors,
      },
      output,
      ...(code === null ? {} : { code }),
      ...(signal === null ? {} : { signal }),
    };
  }
}

/** What the .NET host says when the framework that an application asks for is not installed. */
function isMissingRuntime({ kind, aspNetCore }: Program, output: string): boolean {
  if (kind !== 'dotnet' && !aspNetCore) return false;
  return /You must install (or update )?\.NET|framework '[^']*', version '[^']*'.* was not found/.test(output);
}
