import { cpus, release, totalmem } from 'node:os';
import { readFileSync } from 'node:fs';
import type { Cores } from './cores.ts';

/** What a reader needs to judge figures by. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly virtual: boolean;
  readonly kernel: string;
  readonly node: string;
  /** How load and measured processes were kept apart. */
  readonly placement: string;
  readonly date: string;
}

export function describeMachine(cores: Cores, now: Date): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 1024 ** 3),
    virtual: /^flags\s*:.*\bhypervisor\b/m.test(readFileSync('/proc/cpuinfo', 'latin1')),
    kernel: release(),
    node: process.version,
    placement: cores.pinned
      ? `load generator and upstream on core ${cores.load}, measured processes on core ${cores.measured}`
      : 'one core for everything: figures of different subjects compare, absolute ones mean little',
    date: now.toISOString().slice(0, 10),
  };
}
