import type { Cores } from '../machine/cores.ts';
import type { References, Sample } from '../report/figures.ts';

export interface Benchmark {
  readonly name: string;
  /** One line for the list of benchmarks. */
  readonly summary: string;
  readonly defaults: { readonly rounds: number; readonly seconds: number };
  /** The subjects that all are divided by, and the figures that this gives; default nginx. */
  readonly references?: References;
  run(setting: BenchmarkSetting): Promise<Sample[]>;
}

export interface BenchmarkSetting {
  readonly cores: Cores;
  /** Folder of this run, readable by all users, removed afterwards. */
  readonly folder: string;
  readonly rounds: number;
  /** Length of one measurement. */
  readonly seconds: number;
  /** Requests per second of `recycle-under-load`. */
  readonly rate: number;
  /** Recycles of `recycle-under-load`, over all scenarios. */
  readonly recycles: number;
  /** Whether a subject or scenario takes part; all do unless the command line names some. */
  readonly wants: (kind: 'subject' | 'scenario', name: string) => boolean;
  /** Progress, on stderr. */
  readonly report: (line: string) => void;
}
