import type { Cores } from '../machine/cores.ts';

/** Something that stands between clients and the upstream, set up as its own documentation advises. */
export interface Subject {
  readonly name: string;
  /** Starts it and waits until it accepts. Throws a sentence when this machine cannot run it. */
  start(setting: Setting): Promise<RunningSubject>;
}

export interface Setting {
  readonly cores: Cores;
  /** Folder of this run, removed afterwards. */
  readonly folder: string;
  /** Free port of 127.0.0.1 that the subject listens on. */
  readonly port: number;
  /** Port of the upstream, `apps/origin`, which runs for all subjects. */
  readonly originPort: number;
  readonly report: (line: string) => void;
}

export interface RunningSubject {
  readonly port: number;
  /**
   * The processes whose cost counts, by name of the row they make. The first is the subject itself; its row
   * also carries rate, latency and failures.
   */
  readonly parts: () => Readonly<Record<string, readonly number[]>>;
  readonly stop: () => Promise<void>;
}
