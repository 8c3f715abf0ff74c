import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { benchmarks } from './benchmarks/index.ts';
import { chooseCores, moveToCore } from './machine/cores.ts';
import { describeMachine } from './machine/machine.ts';
import { summarise } from './report/figures.ts';
import { formatTable } from './report/table.ts';

const usage = `usage: npm run bench -- NAME [--json] [--rounds N] [--seconds N] [--subjects A,B] [--scenarios A,B]
                                [--rate N] [--recycles N]

${benchmarks.map(({ name, summary }) => `  ${name.padEnd(20)} ${summary}`).join('\n')}

  --json             the last line of stdout is one JSON document
  --rounds N         measurements of each subject; figures are medians over them
  --seconds N        length of one measurement
  --subjects A,B     only subjects whose name contains A or B
  --scenarios A,B    only scenarios whose name contains A or B
  --rate N           recycle-under-load: requests per second (500)
  --recycles N       recycle-under-load: recycles over all scenarios (200)`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      subjects: { type: 'string' },
      scenarios: { type: 'string' },
      rate: { type: 'string' },
      recycles: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [name, ...others] = positionals;
  if (values.help) {
    console.log(usage);
    return;
  }
  const benchmark = benchmarks.find((one) => one.name === name);
  if (benchmark === undefined || others.length > 0) {
    const fault = name === undefined ? 'which benchmark?' : `there is no benchmark "${positionals.join(' ')}"`;
    throw new UsageError(`${fault}\n\n${usage}`);
  }

  const cores = chooseCores();
  const folder = mkdtempSync(`${tmpdir()}/poolhouse-bench-`);
  chmodSync(folder, 0o755); // gateways and workers run as other users
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  moveToCore(cores, cores.load, process.pid);
  const machine = describeMachine(cores, new Date());
  const report = (line: string): void => console.error(line);
  report(machine.placement);

  const chosen = { subject: list(values.subjects), scenario: list(values.scenarios) };
  const samples = await benchmark.run({
    cores,
    folder,
    report,
    rounds: count('--rounds', values.rounds, benchmark.defaults.rounds, 1),
    seconds: count('--seconds', values.seconds, benchmark.defaults.seconds, 0.1),
    rate: count('--rate', values.rate, 500, 1),
    recycles: count('--recycles', values.recycles, 200, 1),
    wants: (kind, one) =>
      chosen[kind].length === 0 || chosen[kind].some((part) => one.toLowerCase().includes(part.toLowerCase())),
  });
  const summaries = summarise(samples, benchmark.references);
  if (values.json) {
    console.log(JSON.stringify({ benchmark: benchmark.name, machine, results: summaries.map(({ row }) => row) }));
  } else {
    console.log(formatTable(benchmark.name, machine, summaries, benchmark.references));
  }
}

class UsageError extends Error {}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Our own errors are sentences; of a fault in this program the place is wanted.
  if (error.constructor !== Error && !(error instanceof UsageError)) return error.stack ?? error.message;
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function count(option: string, text: string | undefined, preset: number, least: number): number {
  if (text === undefined) return preset;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least) {
    throw new UsageError(`${option} takes a number from ${least} up, not "${text}"`);
  }
  return value;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(describe(error));
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
