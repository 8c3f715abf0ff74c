import type { Announcement, PoolEffect, Report } from './pool-event.ts';
import {
  samePlace,
  type ApplicationFailures,
  type HostedApplication,
  type Place,
  type PoolState,
  type WorkerProcess,
} from './pool-state.ts';
import { noFailures } from './failure/rapid-fails-per-minute.ts';

/** What a decision may use besides the state: the time, and identities for new processes. */
export interface DecisionContext {
  readonly now: number;
  readonly nextProcessId: () => number;
  /** How often idle slots are looked for, milliseconds; 60,000 as on IIS. */
  readonly idleCheckMs: number;
  /** Milliseconds since 1970 by the clock on the wall, for schedules; `now` never jumps. */
  readonly wallClock: number;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * A state in the middle of a decision: the next state as far as it is decided, and the effects collected.
 * The state it was made from is never touched.
 */
export class Draft {
  readonly context: DecisionContext;
  readonly state: Writable<PoolState>;
  readonly effects: PoolEffect[] = [];
  readonly #add: number[] = [];
  readonly #retire: number[] = [];
  readonly #remove: number[] = [];

  constructor(state: PoolState, context: DecisionContext) {
    this.state = { ...state };
    this.context = context;
  }

  get now(): number {
    return this.context.now;
  }

  get pool(): string {
    return this.state.settings.name;
  }

  application(id: string): HostedApplication | undefined {
    return this.state.applications.find((application) => application.id === id);
  }

  process(id: number): WorkerProcess | undefined {
    return this.state.processes.find((process) => process.id === id);
  }

  place(of: Pick<Place, 'slot' | 'application' | 'ordinal'>): Place | undefined {
    return this.state.places.find((place) => samePlace(place, of));
  }

  setProcess(id: number, change: Partial<WorkerProcess>): void {
    this.state.processes = this.state.processes.map((process) =>
      process.id === id ? { ...process, ...change } : process,
    );
  }

  dropProcess(id: number): void {
    this.state.processes = this.state.processes.filter((process) => process.id !== id);
  }

  setPlaces(where: (place: Place) => boolean, change: Partial<Place>): void {
    this.state.places = this.state.places.map((place) => (where(place) ? { ...place, ...change } : place));
  }

  failuresOf(application: string): ApplicationFailures {
    return this.state.failures[application] ?? noFailures;
  }

  setFailures(application: string, change: Partial<ApplicationFailures>): void {
    this.state.failures = { ...this.state.failures, [application]: { ...this.failuresOf(application), ...change } };
  }

  add(process: number): void {
    this.#add.push(process);
  }

  retire(process: number): void {
    this.#retire.push(process);
  }

  remove(process: number): void {
    this.#remove.push(process);
  }

  report(name: Report['name'], fields: Report['fields']): void {
    // The pairing of name and fields is checked where the union is written; here both come from typed callers.
    this.effects.push({ type: 'report', name, fields } as Report);
  }

  /** The fields of every event about one process. */
  about(process: WorkerProcess): { pool: string; slot: number; generation: number; pid: number; application: string } {
    return {
      pool: this.pool,
      slot: process.slot,
      generation: process.generation,
      pid: process.pid ?? 0,
      application: process.application,
    };
  }

  /** The addresses that come and go in this step, as one announcement, so that a swap has no gap. */
  takeAnnouncement(): Announcement | undefined {
    if (this.#add.length + this.#retire.length + this.#remove.length === 0) return undefined;
    return { add: this.#add, retire: this.#retire, remove: this.#remove, onlyIfIdle: false };
  }
}
