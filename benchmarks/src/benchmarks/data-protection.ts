import { fileURLToPath } from 'node:url';
import type { Job, LoadJob, PayloadJob } from '../../apps/data-protection/jobs.ts';
import { writeKeyDirectory } from '../data-protection/key-directory.ts';
import { ProtectingProcess } from '../data-protection/protecting-process.ts';
import { publishDotnet } from '../machine/dotnet.ts';
import type { Sample } from '../report/figures.ts';
import type { Benchmark, BenchmarkSetting } from './benchmark.ts';

interface Contender {
  readonly name: string;
  /** Whether it takes part in that operation. */
  readonly does: (operation: Job['operation']) => boolean;
  /** The command that starts it; throws a sentence when this machine cannot run it. */
  readonly command: (setting: BenchmarkSetting) => readonly string[];
}

const contenders: readonly Contender[] = [
  {
    name: 'node:crypto alone',
    does: (operation) => operation !== 'load',
    command: () => [process.execPath, app('node-crypto.ts')],
  },
  { name: 'Poolhouse', does: () => true, command: () => [process.execPath, app('poolhouse.ts')] },
  {
    name: 'ASP.NET Core',
    does: () => true,
    command({ folder, report }) {
      report('publishing the program of ASP.NET Core');
      publishDotnet(app('aspnetcore/aspnetcore.csproj'), `${folder}/aspnetcore`);
      return [`${folder}/aspnetcore/aspnetcore`];
    },
  },
];

const operations = { protect: 'protect', unprotect: 'unprotect', text: 'protect and unprotect text of' } as const;
const ringKeys = 1_000;

interface Scenario {
  readonly name: string;
  readonly work: Omit<PayloadJob, 'seconds' | 'timed'> | Omit<LoadJob, 'seconds' | 'timed'>;
}

function scenarios(keyDirectory: string): Scenario[] {
  const payloads = (['protect', 'unprotect', 'text'] as const).flatMap((operation) =>
    [64, 600, 16_384].map((bytes) => ({ name: `${operations[operation]} ${size(bytes)}`, work: { operation, bytes } })),
  );
  return [...payloads, { name: `load a ring of ${ringKeys} keys`, work: { operation: 'load', keyDirectory } }];
}

/** Enough for the compilers of both to have done their work. */
const warmUpSeconds = 1;

/**
 * What one payload costs, in one thread, with the default algorithms, and what loading a ring:
 *
 *   1. each contender starts and does every operation for a while
 *   2. round by round, contender by contender: CPU time of an operation, then latency, timed one by one
 */
export const dataProtection: Benchmark = {
  name: 'data-protection',
  summary: 'CPU time and latency of protect, unprotect and loading keys, beside node:crypto alone and ASP.NET Core',
  defaults: { rounds: 60, seconds: 0.03 },
  references: { ratioToNodeCrypto: 'node:crypto alone', ratioToAspNetCore: 'ASP.NET Core' },
  async run(setting) {
    await using running = new AsyncDisposableStack();
    const keyDirectory = `${setting.folder}/keys`;
    writeKeyDirectory(keyDirectory, ringKeys);
    const wanted = scenarios(keyDirectory).filter(({ name }) => setting.wants('scenario', name));
    // 1
    const processes = new Map<Contender, ProtectingProcess>();
    for (const contender of contenders) {
      const { name, does, command } = contender;
      if (!setting.wants('subject', name)) continue;
      try {
        const one = new ProtectingProcess(setting.cores, command(setting));
        running.defer(() => one.stop());
        for (const { work } of wanted) {
          if (does(work.operation)) await one.run({ ...work, seconds: warmUpSeconds, timed: false });
        }
        processes.set(contender, one);
      } catch (error) {
        setting.report(`${name} does not take part: ${(error as Error).message}`);
      }
    }
    // 2
    const samples: Sample[] = [];
    for (let round = 1; round <= setting.rounds; round++) {
      for (const { name: scenario, work } of wanted) {
        for (const [{ name: subject, does }, one] of processes) {
          if (!does(work.operation)) continue;
          const { seconds } = setting;
          const { cpuMicrosPerOperation } = await one.run({ ...work, seconds, timed: false });
          const { p50Micros, p99Micros } = await one.run({ ...work, seconds, timed: true });
          samples.push({ scenario, subject, cpuMicrosPerRequest: cpuMicrosPerOperation, p50Micros, p99Micros });
        }
      }
      if (round % 10 === 0) setting.report(`round ${round} of ${setting.rounds}`);
    }
    return samples;
  },
};

function app(path: string): string {
  return fileURLToPath(new URL(`../../apps/data-protection/${path}`, import.meta.url));
}

function size(bytes: number): string {
  return bytes < 1_024 ? `${bytes} B` : `${bytes / 1_024} KB`;
}
