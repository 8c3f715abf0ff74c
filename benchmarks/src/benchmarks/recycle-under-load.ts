import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { describeFailures, failedRequests } from '../load/job.ts';
import type { LoadJob } from '../load/job.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import { get, post } from '../load/request.ts';
import type { Exchange } from '../load/request.ts';
import { freePorts } from '../machine/ports.ts';
import type { HostingModel } from '../poolhouse/configuration.ts';
import { PoolhouseHost } from '../poolhouse/host.ts';
import type { Sample } from '../report/figures.ts';
import type { Benchmark, BenchmarkSetting } from './benchmark.ts';

const small = 1_024;
const large = 1_024 * 1_024;
/** Requests with a body of 1 MB come this much more seldom: at 500/s they would fill the machine by copying. */
const largeRateShare = 0.1;
/** The app answers this much later, so that every recycle finds requests in flight. */
const waitMs = 20;
const recycleLimitMs = 120_000;
const pool = 'bench';

interface Traffic {
  readonly exchange: Exchange;
  readonly connections: LoadJob['connections'];
  readonly rateShare: number;
}

const traffic: readonly Traffic[] = (['kept', 'new'] as const).flatMap((connections) => {
  const options = { closing: connections === 'new', waitMs };
  return [
    { exchange: get(small, options), connections, rateShare: 1 },
    { exchange: post(small, options), connections, rateShare: 1 },
    { exchange: get(large, options), connections, rateShare: largeRateShare },
    { exchange: post(large, options), connections, rateShare: largeRateShare },
  ];
});

const hosts = (['inprocess', 'outofprocess'] as const).flatMap((hostingModel) =>
  [1, 2].map((gateways) => ({ hostingModel, gateways })),
);

/**
 * Requests lost while the pool is recycled, again and again, under constant arrival. For both hosting models and
 * one or two gateways: start Poolhouse, then for each kind of traffic
 *
 *   1. let requests flow at a constant rate, whatever the answers do
 *   2. recycle the pool as often as its share of all recycles says, one after the other
 *   3. wait for the last answers and count what failed
 *
 * Failed is a refused, reset or timed-out connection, a cut or wrong body, any other status than 200, and no
 * answer in 5 s.
 */
export const recycleUnderLoad: Benchmark = {
  name: 'recycle-under-load',
  summary: 'requests that fail while a pool is recycled under constant arrival; both hosting models, 1 and 2 gateways',
  defaults: { rounds: 1, seconds: 1 },
  async run(setting) {
    const plan = scenarios(setting);
    const samples: Sample[] = [];
    for (const { hostingModel, gateways } of hosts) {
      const here = plan.filter((one) => one.hostingModel === hostingModel && one.gateways === gateways);
      if (here.length > 0) samples.push(...(await runOnHost(setting, hostingModel, gateways, here)));
    }
    return samples;
  },
};

interface Scenario extends Traffic {
  readonly name: string;
  readonly hostingModel: HostingModel;
  readonly gateways: number;
  readonly requestsPerSecond: number;
  readonly recycles: number;
}

/** Every host with every kind of traffic; the recycles are dealt out evenly, and who gets none is left out. */
function scenarios({ rate, recycles, wants }: BenchmarkSetting): Scenario[] {
  const all = hosts
    .flatMap(({ hostingModel, gateways }) =>
      traffic.map((kind) => {
        const requestsPerSecond = Math.max(1, Math.round(rate * kind.rateShare));
        const model = hostingModel === 'inprocess' ? 'in-process' : 'out-of-process';
        const connections = kind.connections === 'kept' ? 'keep-alive' : 'new connections';
        const name = `${model}, ${gateways} ${gateways === 1 ? 'gateway' : 'gateways'}, ${connections}, ${kind.exchange.name} at ${requestsPerSecond}/s`;
        return { ...kind, hostingModel, gateways, requestsPerSecond, name };
      }),
    )
    .filter(({ name }) => wants('scenario', name));
  const share = (index: number): number => Math.floor((index * recycles) / all.length);
  return all
    .map((scenario, index) => ({ ...scenario, recycles: share(index + 1) - share(index) }))
    .filter((scenario) => scenario.recycles > 0)
    .map((scenario) => ({ ...scenario, name: `${scenario.name}, ${scenario.recycles} × recycled` }));
}

async function runOnHost(
  setting: BenchmarkSetting,
  hostingModel: HostingModel,
  gateways: number,
  plan: readonly Scenario[],
): Promise<Sample[]> {
  await using running = new AsyncDisposableStack();
  const [port = 0] = await freePorts(1);
  const generator = new LoadGenerator(setting.cores, `${setting.folder}/generator.log`);
  running.defer(() => generator.stop());
  const program = fileURLToPath(new URL('../../apps/plain/server.ts', import.meta.url));
  const host = await PoolhouseHost.start({
    cores: setting.cores,
    folder: `${setting.folder}/${hostingModel}-${gateways}`,
    apps: [{ name: pool, port, hostingModel, program, startMode: 'AlwaysRunning' }],
    gateways,
  });
  running.defer(() => host.stop());

  const samples: Sample[] = [];
  for (let round = 1; round <= setting.rounds; round++) {
    for (const scenario of plan) {
      const result = await generator.run(jobFor(scenario, port), async () => {
        const begun = performance.now();
        for (let count = 0; count < scenario.recycles; count++) await recycle(host);
        const rest = setting.seconds * 1_000 - (performance.now() - begun);
        if (rest > 0) await wait(rest);
      });
      const { p50Ms, p99Ms } = result;
      samples.push({
        scenario: scenario.name,
        subject: 'Poolhouse',
        requestsPerSecond: result.answered / result.seconds,
        p50Ms,
        p99Ms,
        failed: failedRequests(result),
      });
      setting.report(
        `${scenario.name}: ${result.answered} answered in ${result.seconds.toFixed(1)} s, ` +
          `slowest ${result.maxMs?.toFixed(0)} ms; failed: ${describeFailures(result) || 'none'}`,
      );
    }
  }
  return samples;
}

function jobFor({ exchange, connections, requestsPerSecond }: Scenario, port: number): LoadJob {
  return {
    port,
    request: exchange.request,
    expected: exchange.expected,
    connections,
    pace: { kind: 'open', requestsPerSecond },
    warmUpMs: 500,
    measureMs: Number.POSITIVE_INFINITY,
    answerLimitMs: 5_000,
    watch: {},
  };
}

/** One recycle, from the command to the end of the last process of the old generation. */
async function recycle(host: PoolhouseHost): Promise<void> {
  const before = new Set(await host.workers(pool));
  await host.command('recycle', pool);
  const deadline = performance.now() + recycleLimitMs;
  while (performance.now() < deadline) {
    const now = await host.workers(pool);
    if (now.length > 0 && now.every((pid) => !before.has(pid))) return;
    await wait(50);
  }
  throw new Error(`a recycle did not end in ${recycleLimitMs} ms`);
}
