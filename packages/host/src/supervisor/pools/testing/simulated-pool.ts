import { next } from '../next.ts';
import type { PoolEffect, PoolEvent, Report } from '../pool-event.ts';
import { createPoolState, type HostedApplication, type PoolState, type WorkerProcess } from '../pool-state.ts';
import type { ApplicationPoolSettings } from '../../activation/revision.ts';
import type { StartProblem } from '../failure/start-problem.ts';

/** A pool without processes: what `next` decides, under a clock that only moves when told. */
export class SimulatedPool {
  now = 1_000_000;
  /** By how much the clock on the wall is set off, milliseconds. */
  wallOffset = 0;
  state: PoolState;
  readonly effects: PoolEffect[] = [];
  /** Effects of the last event. */
  last: readonly PoolEffect[] = [];
  /** False = the event loops of all workers are blocked. */
  answersPings = true;
  #processNumber = 0;

  constructor(settings: ApplicationPoolSettings, applications: readonly HostedApplication[]) {
    this.state = createPoolState(settings, applications, this.now);
  }

  take(event: PoolEvent): this {
    const { state, effects } = next(this.state, event, {
      now: this.now,
      nextProcessId: () => (this.#processNumber += 1),
      idleCheckMs: 60_000,
      wallClock: this.now + this.wallOffset,
    });
    this.state = state;
    this.last = effects;
    this.effects.push(...effects);
    if (this.answersPings)
      for (const effect of effects) if (effect.type === 'ping') this.take({ type: 'pong', process: effect.process });
    return this;
  }

  /** Lets time pass in ticks of half a second, the last one short. */
  pass(ms: number): this {
    const end = this.now + ms;
    while (this.now < end) {
      this.now = Math.min(end, this.now + 500);
      this.take({ type: 'tick' });
    }
    return this;
  }

  /** Launched, alive and listening. */
  bringUp(process: number): this {
    this.take({ type: 'launched', process, pid: 1000 + process });
    this.take({ type: 'hello', process });
    return this.take({ type: 'ready', process });
  }

  demand(application = this.state.applications[0]?.id ?? ''): this {
    return this.take({ type: 'demand', application, reason: 'none' });
  }

  /** Its `app_offline.htm` comes, or goes. */
  offline(application: string, offlinePage: string | undefined): this {
    return this.configure({
      applications: this.state.applications.map((each) => (each.id === application ? { ...each, offlinePage } : each)),
    });
  }

  configure(change: Partial<Pick<PoolState, 'settings' | 'applications'>>): this {
    const { settings, applications } = this.state;
    return this.take({ type: 'configured', settings, applications, ...change });
  }

  exit(process: number, problem: Partial<StartProblem> = {}): this {
    return this.take({
      type: 'exited',
      process,
      problem: { stage: 'exit', message: 'it exited with code 1', critical: false, code: 1, ...problem },
    });
  }

  /** Demanded and running: the id of the process. */
  running(application?: string): number {
    this.demand(application);
    const process = this.launched().at(-1) as WorkerProcess;
    this.bringUp(process.id);
    return process.id;
  }

  launched(): WorkerProcess[] {
    return this.effects.flatMap((effect) => (effect.type === 'launch' ? [effect.process] : []));
  }

  reports(): Report['name'][] {
    return this.effects.flatMap((effect) => (effect.type === 'report' ? [effect.name] : []));
  }

  of<Type extends PoolEffect['type']>(type: Type): Extract<PoolEffect, { type: Type }>[] {
    return this.effects.filter((effect): effect is Extract<PoolEffect, { type: Type }> => effect.type === type);
  }

  process(id: number): WorkerProcess | undefined {
    return this.state.processes.find((process) => process.id === id);
  }
}
