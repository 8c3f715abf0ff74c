import { fileURLToPath } from 'node:url';
import { describeFailures, failedRequests } from '../load/job.ts';
import type { LoadJob, LoadResult } from '../load/job.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { get, post } from '../load/request.ts';
import type { Exchange } from '../load/request.ts';
import { onCore } from '../machine/cores.ts';
import { freePorts, untilAccepts } from '../machine/ports.ts';
import { memoryMB } from '../machine/process-tree.ts';
import { startProcess } from '../machine/started-process.ts';
import { median } from '../report/figures.ts';
import type { Sample } from '../report/figures.ts';
import { bareNode } from '../subjects/bare-node.ts';
import { caddy } from '../subjects/caddy.ts';
import { haproxy } from '../subjects/haproxy.ts';
import { httpProxy3 } from '../subjects/http-proxy-3.ts';
import { nginx } from '../subjects/nginx.ts';
import { poolhouseInProcess, poolhouseOutOfProcess } from '../subjects/poolhouse.ts';
import type { RunningSubject, Subject } from '../subjects/subject.ts';
import { undici } from '../subjects/undici.ts';
import type { Benchmark, BenchmarkSetting } from './benchmark.ts';

const subjects: readonly Subject[] = [
  nginx,
  poolhouseInProcess,
  poolhouseOutOfProcess,
  haproxy,
  undici,
  httpProxy3,
  caddy,
  bareNode,
];
const exchanges: readonly Exchange[] = [get(1_024), post(1_024), get(65_536)];
const connections = 64;
const warmUpMs = 1_000;
/** Latency is compared at no more than this, so that load generator and upstream never share a full core. */
const maxLatencyRate = 5_000;

type Entrant = readonly [name: string, subject: RunningSubject];

/**
 * What forwarding one request costs:
 *
 *   1. the upstream and all subjects start; each must answer every kind of request rightly
 *   2. closed loop, round by round and subject by subject: largest rate, CPU time per request
 *   3. open loop at a third of the slowest subject's rate or less: latency at a load all of them can bear (requests
 *      that come one by one cost more than those of a closed loop, which come in batches)
 */
export const forwarding: Benchmark = {
  name: 'forwarding',
  summary: 'CPU time, rate and latency of one forwarded request, beside nginx, HAProxy, Caddy, undici, http-proxy-3',
  defaults: { rounds: 3, seconds: 4 },
  async run(setting) {
    await using running = new AsyncDisposableStack();
    const generator = new LoadGenerator(setting.cores, `${setting.folder}/generator.log`);
    running.defer(() => generator.stop());
    const scenarios = exchanges
      .map((exchange) => ({ name: `${exchange.name}, keep-alive`, exchange }))
      .filter(({ name }) => setting.wants('scenario', name));
    // 1
    const entrants = await start(
      setting,
      running,
      generator,
      scenarios.map(({ exchange }) => exchange),
    );
    const samples: Sample[] = [];
    for (const { name, exchange } of scenarios) {
      // 2
      const atMost = await measureCost(setting, generator, entrants, name, exchange);
      // 3
      const slowest = Math.min(...entrants.map(([subject]) => median(atMost.rates.get(subject) ?? []) ?? 0));
      const rate = Math.min(maxLatencyRate, Math.max(100, Math.floor(slowest / 300) * 100));
      samples.push(...atMost.samples, ...(await measureLatency(setting, generator, entrants, name, exchange, rate)));
    }
    return samples;
  },
};

async function start(
  setting: BenchmarkSetting,
  running: AsyncDisposableStack,
  generator: LoadGenerator,
  required: readonly Exchange[],
): Promise<Entrant[]> {
  const { cores, folder, report } = setting;
  const [originPort = 0, ...ports] = await freePorts(subjects.length + 1);
  const origin = fileURLToPath(new URL('../../apps/origin/server.ts', import.meta.url));
  const upstream = startProcess(onCore(cores, cores.load, [process.execPath, origin]), {
    env: { PORT: String(originPort) },
    logFile: `${folder}/origin.log`,
  });
  running.defer(() => upstream.stop());
  await untilAccepts(originPort, upstream.alive);

  const entrants: Entrant[] = [];
  for (const [index, subject] of subjects.entries()) {
    if (!setting.wants('subject', subject.name)) continue;
    try {
      const one = await subject.start({ cores, folder, report, port: ports[index] as number, originPort });
      running.defer(() => one.stop());
      for (const exchange of required) {
        const result = await generator.run({ ...jobFor(one, exchange, 0.5), pace: { kind: 'closed', connections } });
        const wrong = failedRequests(result) > 0 ? describeFailures(result) : result.answered === 0 ? 'no answer' : '';
        if (wrong !== '') throw new Error(`it does not answer ${exchange.name} rightly: ${wrong}`);
      }
      entrants.push([subject.name, one]);
    } catch (error) {
      report(`${subject.name} does not take part: ${(error as Error).message}`);
    }
  }
  return entrants;
}

async function measureCost(
  setting: BenchmarkSetting,
  generator: LoadGenerator,
  entrants: readonly Entrant[],
  scenario: string,
  exchange: Exchange,
): Promise<{ readonly samples: Sample[]; readonly rates: Map<string, number[]> }> {
  const samples: Sample[] = [];
  const rates = new Map<string, number[]>(entrants.map(([name]) => [name, []]));
  for (let round = 1; round <= setting.rounds; round++) {
    for (const [name, subject] of entrants) {
      const parts = subject.parts();
      const job = jobFor(subject, exchange, setting.seconds);
      const result = await generator.run({ ...job, pace: { kind: 'closed', connections }, watch: parts });
      const rate = result.answered / result.seconds;
      samples.push(...costSamples(scenario, parts, result));
      rates.get(name)?.push(rate);
      setting.report(`${scenario}, round ${round}: ${name} ${rate.toFixed(0)}/s ${describeFailures(result)}`);
    }
  }
  return { samples, rates };
}

async function measureLatency(
  setting: BenchmarkSetting,
  generator: LoadGenerator,
  entrants: readonly Entrant[],
  scenario: string,
  exchange: Exchange,
  requestsPerSecond: number,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let round = 1; round <= setting.rounds; round++) {
    for (const [name, subject] of entrants) {
      const job = jobFor(subject, exchange, setting.seconds);
      const result = await generator.run({ ...job, pace: { kind: 'open', requestsPerSecond } });
      const { p50Ms, p99Ms } = result;
      samples.push({ scenario, subject: name, p50Ms, p99Ms, failed: failedRequests(result) });
      const median = `p50 ${p50Ms?.toFixed(3)} ms`;
      const failures = describeFailures(result);
      setting.report(`${scenario} at ${requestsPerSecond}/s, round ${round}: ${name} ${median} ${failures}`);
    }
  }
  return samples;
}

function jobFor(subject: RunningSubject, exchange: Exchange, seconds: number): Omit<LoadJob, 'pace'> {
  return {
    port: subject.port,
    request: exchange.request,
    expected: exchange.expected,
    connections: 'kept',
    warmUpMs,
    measureMs: seconds * 1_000,
    answerLimitMs: 5_000,
    watch: {},
  };
}

/** One sample per part; a subject of several parts gets their sum as well. */
function costSamples(
  scenario: string,
  parts: Readonly<Record<string, readonly number[]>>,
  result: LoadResult,
): Sample[] {
  const micros = (nanoseconds: number): number => nanoseconds / 1_000 / result.answered;
  const samples: Sample[] = Object.entries(parts).map(([subject, pids]) => ({
    scenario,
    subject,
    cpuMicrosPerRequest: micros(result.cpuNanoseconds[subject] ?? 0),
    memoryMB: memoryMB(pids),
  }));
  const [first, ...others] = samples as [Sample, ...Sample[]];
  const rate = { requestsPerSecond: result.answered / result.seconds, failed: failedRequests(result) };
  if (others.length === 0) return [{ ...first, ...rate }];
  const sum = Object.values(result.cpuNanoseconds).reduce((total, value) => total + value, 0);
  const whole = { scenario, subject: `${first.subject}: all of these`, cpuMicrosPerRequest: micros(sum) };
  return [{ ...first, ...rate }, ...others, whole];
}
