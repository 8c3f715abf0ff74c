import type { Knowledge, Upstream } from '@poolhouse/contract';
import { isDebugged, OutputFile, treeMemory, type RunRecord } from '../../linux/index.ts';
import type { Emit } from '../../logging/index.ts';
import type { ApplicationPoolSettings, ApplicationSettings, HostingSettings } from '../activation/revision.ts';
import type { StartProblem } from './failure/start-problem.ts';
import type { HostFacts, PoolIdentity } from './hosting/host-facts.ts';
import { hostedApplication } from './hosting/hosted-application.ts';
import { HostedProcess, type HostedProcessEvents, type SendOrder } from './hosting/hosted-process.ts';
import { planStart } from './hosting/start-plan.ts';
import { next } from './next.ts';
import type { Announcement, PoolEffect, PoolEvent } from './pool-event.ts';
import { createPoolState, type HostedApplication, type PoolState, type WorkerProcess } from './pool-state.ts';

/** How often the memory of processes is looked at, and whether one that serves is in a debugger, milliseconds. */
const measureMs = 15_000;

/** More starts than this are not in files of 4 × 10 MiB, unless a pool does nothing but start. */
const rememberedTokens = 1_000;

/** What a pool needs of the rest of the supervisor. */
export interface PoolSurroundings {
  readonly host: HostFacts;
  readonly record: RunRecord;
  readonly emit: Emit;
  readonly nextProcessId: () => number;
  readonly idleCheckMs: number;
  /** Tells all gateways, in one step. */
  readonly publish: (knowledge: Knowledge) => void;
  /** Sends one request through a gateway. */
  readonly sendOrder: SendOrder;
}

/**
 * An application pool at work: a thin shell around `next`. Facts become events, the decision's effects
 * become processes, messages and reports.
 */
export class ApplicationPool {
  readonly #surroundings: PoolSurroundings;
  readonly #hosted = new Map<number, HostedProcess>();
  readonly #outputs = new Map<string, OutputFile>();
  readonly #watchers = new Set<() => void>();
  #identity: PoolIdentity;
  #applications: ReadonlyMap<string, ApplicationSettings> = new Map();
  #state: PoolState;
  /** Pairing tokens of the processes whose output the files may still hold. */
  #tokens: readonly string[] = [];
  #measuredAt = 0;
  #leaving = false;

  /** A pool without applications; `configure` gives it some. */
  constructor(settings: ApplicationPoolSettings, identity: PoolIdentity, surroundings: PoolSurroundings) {
    this.#surroundings = surroundings;
    this.#identity = identity;
    this.#state = createPoolState(settings, [], surroundings.host.now());
    const { status, reason } = this.#state;
    const state = status === 'started' ? 'started' : 'stopped';
    surroundings.publish({
      poolStates: [{ name: settings.name, state, ...(reason === undefined ? {} : { reason }) }],
    });
  }

  get state(): PoolState {
    return this.#state;
  }

  /** Name of the user that new processes run as. */
  get user(): string {
    return this.#identity.profile.user;
  }

  /** Files that hold the output of the pool's processes, by slot. */
  get outputFiles(): readonly { readonly slot: number; readonly path: string; readonly secrets: readonly string[] }[] {
    const secrets = this.#tokens;
    return [...this.#outputs.entries()].map(([slot, file]) => ({ slot: Number(slot), path: file.path, secrets }));
  }

  take(event: PoolEvent): void {
    const { nextProcessId, idleCheckMs, host } = this.#surroundings;
    const context = { now: host.now(), wallClock: host.wallClock(), nextProcessId, idleCheckMs };
    const { state, effects } = next(this.#state, event, context);
    this.#state = state;
    // What the system refuses must not cost the effects that follow.
    for (const effect of effects) this.#attempt(effect.type, () => this.#perform(effect));
    for (const watcher of this.#watchers) watcher();
  }

  /** The regular look at everything: limits, pings, idle slots, memory, file sizes. */
  tick(): void {
    const now = this.#surroundings.host.now();
    const measures = now - this.#measuredAt >= measureMs;
    if (measures) {
      this.#measuredAt = now;
      this.#attempt('measuring memory', () => this.#measureMemory());
      for (const file of this.#outputs.values()) this.#attempt('rotating output', () => file.rotateIfLarge());
    }
    this.#lookForDebuggers(measures);
    this.take({ type: 'tick' });
  }

  configure(
    settings: ApplicationPoolSettings,
    applications: readonly ApplicationSettings[],
    identity: PoolIdentity = this.#identity,
  ): void {
    this.#identity = identity;
    this.#applications = byId(applications);
    this.take({ type: 'configured', settings, applications: hosted(applications) });
  }

  /** Resolves when the state fulfils a condition; checked after every event. */
  async until(condition: (state: PoolState) => boolean): Promise<void> {
    if (condition(this.#state)) return;
    await new Promise<void>((resolve) => {
      const watcher = (): void => {
        if (!condition(this.#state)) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }

  /** Tells the gateways that a process which they doubt lives; a dead one is taken away by its own exit. */
  vouchFor(id: number): void {
    const process = this.#hosted.get(id);
    const phase = this.#state.processes.find((each) => each.id === id)?.phase;
    if (phase === 'running' && process?.alive === true) this.#surroundings.publish({ add: this.#upstreams([id]) });
  }

  /** Refuses requests, drains, ends the processes; resolves when the last one is gone, or the pool is started again. */
  async stop(): Promise<void> {
    this.take({ type: 'stop', reason: 'Disabled' });
    await this.until((state) => state.status !== 'stopping');
  }

  /** Drains and ends for good, in silence: a pool of the same name may speak for itself. */
  async leave(): Promise<void> {
    this.#leaving = true;
    this.configure(this.#state.settings, []);
    await this.stop();
    this.destroy();
  }

  /** Ends every process at once; for the end of the supervisor itself. */
  destroy(): void {
    for (const process of this.#hosted.values()) process.kill();
    for (const file of this.#outputs.values()) file.close();
  }

  #perform(effect: PoolEffect): void {
    switch (effect.type) {
      case 'launch':
        return this.#launch(effect.process);
      case 'announce':
        return this.#announce(effect.announcement);
      case 'poolState':
        if (this.#leaving) return;
        return this.#surroundings.publish({ poolStates: [effect.state] });
      case 'applicationState':
        return this.#surroundings.publish({ applicationStates: [effect.state] });
      case 'end':
        return this.#end(effect.process, effect.limitMs, effect.answersMs);
      case 'kill':
        return this.#hosted.get(effect.process)?.kill();
      case 'ping':
        return this.#hosted.get(effect.process)?.ping();
      case 'report':
        return this.#surroundings.emit(effect.name, effect.fields as never);
    }
  }

  #announce({ add, retire, remove, onlyIfIdle }: Announcement): void {
    const upstreams = this.#upstreams(add);
    this.#surroundings.publish({
      ...(upstreams.length > 0 ? { add: upstreams } : {}),
      ...(retire.length > 0 ? { retire, onlyIfIdle } : {}),
      ...(remove.length > 0 ? { remove } : {}),
    });
  }

  #upstreams(ids: readonly number[]): Upstream[] {
    return ids.flatMap((id) => {
      const debugged = this.#state.processes.find((process) => process.id === id)?.debugged;
      return this.#hosted.get(id)?.upstream(debugged) ?? [];
    });
  }

  #launch(process: WorkerProcess): void {
    const { id } = process;
    const made = this.#make(process);
    if ('problem' in made) {
      // Not within the decision that asked for the launch: its other effects come first.
      queueMicrotask(() => this.take({ type: 'launchFailed', process: id, problem: made.problem }));
      return;
    }
    this.#hosted.set(id, made);
    made.start(this.#identity).catch((error: unknown) => {
      this.#hosted.delete(id);
      this.take({ type: 'launchFailed', process: id, problem: launchProblem(error) });
    });
  }

  #make(process: WorkerProcess): HostedProcess | { readonly problem: StartProblem } {
    const { host, record } = this.#surroundings;
    const application = this.#applications.get(process.application) as ApplicationSettings;
    const worker = process.hosting.channel;
    try {
      const planned = planStart(
        this.#state.settings,
        application,
        application.hosting as HostingSettings,
        worker,
        this.#identity,
        host,
      );
      if ('problem' in planned) return planned;
      const { plan } = planned;
      this.#tokens = [...this.#tokens.slice(1 - rememberedTokens), plan.token];
      const events = this.#eventsOf(process, application);
      return new HostedProcess(process, application, plan, worker, host, this.#output(process.slot), record, events);
    } catch (error) {
      return { problem: launchProblem(error) };
    }
  }

  #eventsOf(process: WorkerProcess, application: ApplicationSettings): HostedProcessEvents {
    const { id } = process;
    const { emit } = this.#surroundings;
    return {
      launched: (pid) => this.take({ type: 'launched', process: id, pid }),
      hello: () => this.take({ type: 'hello', process: id }),
      ready: (listeningPid, port) => this.#ready(process, application, listeningPid, port),
      pong: () => this.take({ type: 'pong', process: id }),
      condemned: (ending, problem) => {
        if (ending === 'untrusted')
          emit('worker.channel.untrusted', { ...this.#about(process), detail: problem.message });
        this.take({ type: 'condemned', process: id, ending, problem });
      },
      exited: (problem) => {
        this.take({ type: 'exited', process: id, problem });
        this.#hosted.delete(id);
      },
      troubled: (task, error) => this.#report(task, error),
    };
  }

  #ready(process: WorkerProcess, application: ApplicationSettings, listeningPid: number, port: number): void {
    const { id, hosting } = process;
    const pid = this.#hosted.get(id)?.pid ?? 0;
    const fields = { application: application.id, pool: application.pool, pid };
    if (hosting.channel) this.#surroundings.emit('app.in_process.started', fields);
    else this.#surroundings.emit('app.started', { ...fields, listeningPid, port });
    if (!hosting.channel && hosting.model === 'inprocess') {
      const detail =
        'it is declared in-process, but only Node.js can be loaded into a worker: it runs as a process of its own under the in-process contract';
      this.#surroundings.emit('app.notice', { application: application.id, pool: application.pool, detail });
    }
    if (isDebugged(pid)) this.take({ type: 'debugger', process: id, attached: true });
    this.take({ type: 'ready', process: id });
  }

  #end(id: number, limitMs: number, answersMs: number | undefined): void {
    const process = this.#hosted.get(id);
    if (process === undefined) return;
    const { sendOrder, emit } = this.#surroundings;
    const application = this.#state.processes.find((each) => each.id === id)?.application ?? '';
    const onAnswer = (status: number): void =>
      emit('app.shutdown.requested', { application, pool: this.#state.settings.name, pid: process.pid ?? 0, status });
    process.end(limitMs, answersMs, sendOrder, onAnswer).catch((error: unknown) => {
      this.#report(`ending process ${process.pid ?? 0}`, error);
      process.kill();
    });
  }

  #output(slot: number): OutputFile {
    const key = String(slot);
    const existing = this.#outputs.get(key);
    if (existing !== undefined) return existing;
    const file = new OutputFile(`${this.#surroundings.host.logFolder}/${this.#state.settings.name}.${slot}.log`);
    this.#outputs.set(key, file);
    return file;
  }

  #measureMemory(): void {
    const memory = treeMemory(this.#state.processes.flatMap(({ pid }) => pid ?? []));
    for (const { id, pid } of this.#state.processes) {
      const own = memory.get(pid ?? 0);
      if (own !== undefined)
        this.take({ type: 'memory', process: id, resident: own.residentBytes, private: own.privateBytes });
    }
  }

  /** Where a limit may soon act, at every look; everywhere now and then, because the gateways have limits too. */
  #lookForDebuggers(everywhere: boolean): void {
    for (const { id, pid, phase, pingSentAt, debugged } of this.#state.processes) {
      if (pid === undefined || (!everywhere && phase === 'running' && pingSentAt === undefined)) continue;
      const attached = isDebugged(pid);
      if (attached !== debugged) this.take({ type: 'debugger', process: id, attached });
    }
  }

  #attempt(task: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#report(task, error);
    }
  }

  #report(task: string, error: unknown): void {
    const { name } = this.#state.settings;
    this.#surroundings.emit('supervisor.task_failed', { task: `pool ${name}: ${task}`, error: String(error) });
  }

  #about(process: WorkerProcess): { pool: string; slot: number; generation: number; pid: number; application: string } {
    const { slot, generation, application, id } = process;
    return { pool: this.#state.settings.name, slot, generation, application, pid: this.#hosted.get(id)?.pid ?? 0 };
  }
}

function hosted(applications: readonly ApplicationSettings[]): HostedApplication[] {
  return applications.flatMap((application) => hostedApplication(application) ?? []);
}

function byId(applications: readonly ApplicationSettings[]): ReadonlyMap<string, ApplicationSettings> {
  return new Map(applications.map((application) => [application.id, application]));
}

function launchProblem(error: unknown): StartProblem {
  const { code, message } = error as NodeJS.ErrnoException;
  return { stage: 'launch', message: `the process could not be made: ${code ?? message}`, critical: false };
}
