import { fileURLToPath } from 'node:url';
import { failedRequests } from '../load/job.ts';
import type { LoadJob, LoadResult } from '../load/job.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { get, post } from '../load/request.ts';
import type { Exchange } from '../load/request.ts';
import { onCore } from '../machine/cores.ts';
import { freePorts, untilAccepts } from '../machine/ports.ts';
import { memoryMB } from '../machine/process-tree.ts';
import { startProcess } from '../machine/started-process.ts';
import type { Sample } from '../report/figures.ts';
import { median } from '../report/figures.ts';
import { bareNode } from '../subjects/bare-node.ts';
import { caddy } from '../subjects/caddy.ts';
import { haproxy } from '../subjects/haproxy.ts';
import { httpProxy3 } from '../subjects/http-proxy-3.ts';
import { nginx } from '../subjects/nginx.ts';
import type { RunningSubject, Subject } from '../subjects/subject.ts';
import { undici } from '../subjects/undici.ts';
import type { Benchmark, BenchmarkSetting } from './benchmark.ts';

const subjects: readonly Subject[] = [nginx, haproxy, undici, httpProxy3, caddy, bareNode];
const exchanges: readonly Exchange[] = [get(1_024), post(1_024), get(65_536)];
const connections = 64;
const warmUpMs = 1_000;

/**
 * What forwarding one request costs:
 *
 *   1. the upstream and all subjects start; each must answer every kind of request rightly
 *   2. closed loop, round by round and subject by subject: largest rate, CPU time per request
 *   3. open loop at half of the slowest subject's rate: latency at a load all of them can bear
 */
export const forwarding: Benchmark = {
  name: 'forwarding',
  summary: 'CPU time, rate and latency of one forwarded request, beside nginx, HAProxy, Caddy, undici, http-proxy-3',
  defaults: { rounds: 3, seconds: 4 },
  async run(setting) {
    await using running = new AsyncDisposableStack();
    const { cores, folder, report } = setting;

    // 1
    const [originPort = 0, ...ports] = await freePorts(subjects.length + 1);
    const origin = fileURLToPath(new URL('../../apps/origin/server.ts', import.meta.url));
    const upstream = startProcess(onCore(cores, cores.load, [process.execPath, origin]), {
      env: { PORT: String(originPort) },
      logFile: `${folder}/origin.log`,
    });
    running.defer(() => upstream.stop());
    await untilAccepts(originPort, upstream.alive);
    const generator = new LoadGenerator(cores, `${folder}/generator.log`);
    running.defer(() => generator.stop());

    const started: (readonly [name: string, RunningSubject])[] = [];
    for (const [index, subject] of subjects.entries()) {
      if (!setting.wants('subject', subject.name)) continue;
      try {
        const one = await subject.start({ cores, folder, report, port: ports[index] as number, originPort });
        running.defer(() => one.stop());
        for (const exchange of exchanges) await mustAnswer(generator, one, exchange);
        started.push([subject.name, one]);
      } catch (error) {
        report(`${subject.name} does not take part: ${(error as Error).message}`);
      }
    }

    const samples: Sample[] = [];
    for (const exchange of exchanges) {
      const scenario = `${exchange.name}, keep-alive`;
      if (!setting.wants('scenario', scenario)) continue;
      // 2
      const rates = new Map<string, number[]>(started.map(([name]) => [name, []]));
      for (let round = 1; round <= setting.rounds; round++) {
        for (const [name, subject] of started) {
          const parts = subject.parts();
          const job = jobFor(subject, exchange, setting.seconds);
          const result = await generator.run({ ...job, pace: { kind: 'closed', connections }, watch: parts });
          samples.push(...closedLoopSamples(scenario, parts, result));
          const rate = result.answered / result.seconds;
          rates.get(name)?.push(rate);
          report(`${scenario}, round ${round}: ${name} ${rate.toFixed(0)}/s${formatFailures(result)}`);
        }
      }
      // 3
      const slowest = Math.min(...[...rates.values()].map((values) => median(values) ?? 0));
      const requestsPerSecond = Math.max(100, Math.floor(slowest / 200) * 100);
      for (let round = 1; round <= setting.rounds; round++) {
        for (const [name, subject] of started) {
          const job = jobFor(subject, exchange, setting.seconds);
          const result = await generator.run({ ...job, pace: { kind: 'open', requestsPerSecond } });
          const { p50Ms, p99Ms } = result;
          samples.push({ scenario, subject: name, p50Ms, p99Ms, failed: failedRequests(result) });
          report(
            `${scenario} at ${requestsPerSecond}/s, round ${round}: ${name} p50 ${p50Ms?.toFixed(3)} ms${formatFailures(result)}`,
          );
        }
      }
    }
    return samples;
  },
};

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

async function mustAnswer(generator: LoadGenerator, subject: RunningSubject, exchange: Exchange): Promise<void> {
  const job = jobFor(subject, exchange, 0.05);
  const result = await generator.run({ ...job, warmUpMs: 500, pace: { kind: 'closed', connections: 1 } });
  if (result.answered === 0 || failedRequests(result) > 0) {
    throw new Error(`it does not answer ${exchange.name} rightly${formatFailures(result)}`);
  }
}

/** One sample per part; a subject of several parts gets their sum as well. */
function closedLoopSamples(
  scenario: string,
  parts: Readonly<Record<string, readonly number[]>>,
  result: LoadResult,
): Sample[] {
  const micros = (nanoseconds: number): number => nanoseconds / 1_000 / result.answered;
  const names = Object.keys(parts);
  const samples: Sample[] = names.map((name) => ({
    scenario,
    subject: name,
    cpuMicrosPerRequest: micros(result.cpuNanoseconds[name] ?? 0),
    memoryMB: memoryMB(parts[name] ?? []),
  }));
  const [first, ...others] = samples as [Sample, ...Sample[]];
  const rate = { requestsPerSecond: result.answered / result.seconds, failed: failedRequests(result) };
  if (others.length === 0) return [{ ...first, ...rate }];
  const sum = Object.values(result.cpuNanoseconds).reduce((total, value) => total + value, 0);
  const whole = { scenario, subject: `${first.subject}: all processes`, cpuMicrosPerRequest: micros(sum) };
  return [{ ...first, ...rate }, ...others, whole];
}

function formatFailures(result: LoadResult): string {
  const failures = Object.entries(result.failures).map(([reason, count]) => `${count} × ${reason}`);
  return failures.length === 0 ? '' : ` FAILED ${failures.join(', ')}`;
}
