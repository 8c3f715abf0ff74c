import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { onCore } from '../machine/cores.ts';
import { freePorts } from '../machine/ports.ts';
import { startProcess } from '../machine/started-process.ts';
import type { HostingModel } from '../poolhouse/configuration.ts';
import { PoolhouseHost } from '../poolhouse/host.ts';
import type { Sample } from '../report/figures.ts';
import type { Benchmark, BenchmarkSetting } from './benchmark.ts';

interface App {
  readonly name: string;
  readonly scenario: string;
  readonly hostingModel: HostingModel;
  readonly program: string;
}

const apps: readonly App[] = [
  app('node-in', 'plain node:http, in-process', 'inprocess', '../../apps/plain/server.ts'),
  app('node-out', 'plain node:http, out-of-process', 'outofprocess', '../../apps/plain/server.ts'),
  app('express', 'Express sample, in-process', 'inprocess', '../../../samples/express/server.js'),
  app('fastify', 'Fastify sample, out-of-process', 'outofprocess', '../../../samples/fastify/server.js'),
];
const limitMs = 60_000;

/**
 * What Poolhouse adds to the start of an app. Per round and app:
 *
 *   1. `node server.js` by hand: from the start of the program to the first byte of an answer
 *   2. Poolhouse, its pool stopped and started so that nothing runs: from the request to the first byte
 *
 * Both run the same program by the same Node.js on the same core; the third row is the difference of the two in
 * the same round.
 */
export const coldStart: Benchmark = {
  name: 'cold-start',
  summary: 'time to the first byte of a request that has to start its app, beside the same app started by hand',
  defaults: { rounds: 10, seconds: 0 },
  async run(setting) {
    await using running = new AsyncDisposableStack();
    const wanted = apps.filter(({ scenario, program }) => {
      if (!setting.wants('scenario', scenario)) return false;
      if (!existsSync(program)) setting.report(`${scenario} is left out: ${program} does not exist`);
      return existsSync(program);
    });
    const ports = await freePorts(wanted.length);
    const host = await PoolhouseHost.start({
      cores: setting.cores,
      folder: `${setting.folder}/cold-start`,
      apps: wanted.map((one, index) => ({ ...one, port: ports[index] as number, startMode: 'OnDemand' })),
      gateways: 1,
    });
    running.defer(() => host.stop());

    const samples: Sample[] = [];
    for (let round = 1; round <= setting.rounds; round++) {
      for (const [index, one] of wanted.entries()) {
        const byHand = await startByHand(setting, one);
        const hosted = await startHosted(host, one, ports[index] as number);
        const { scenario } = one;
        samples.push(
          { scenario, subject: 'started by hand', p50Ms: byHand },
          { scenario, subject: 'Poolhouse', p50Ms: hosted },
          { scenario, subject: 'added by Poolhouse', p50Ms: hosted - byHand },
        );
        setting.report(`${scenario}, round ${round}: ${byHand.toFixed(0)} ms by hand, ${hosted.toFixed(0)} ms hosted`);
      }
    }
    return samples;
  },
};

function app(name: string, scenario: string, hostingModel: HostingModel, program: string): App {
  return { name, scenario, hostingModel, program: fileURLToPath(new URL(program, import.meta.url)) };
}

async function startByHand({ cores, folder }: BenchmarkSetting, { name, program }: App): Promise<number> {
  const [port = 0] = await freePorts(1);
  const begun = performance.now();
  const started = startProcess(onCore(cores, cores.measured, [process.execPath, program]), {
    env: { PORT: String(port) },
    logFile: `${folder}/${name}.log`,
  });
  try {
    for (;;) {
      if (await firstByte(port)) return performance.now() - begun;
      if (!started.alive()) throw new Error(`${program} ended: ${started.output()}`);
      if (performance.now() - begun > limitMs) throw new Error(`${program} does not answer on ${port}`);
      await wait(1);
    }
  } finally {
    await started.stop();
  }
}

async function startHosted(host: PoolhouseHost, { name }: App, port: number): Promise<number> {
  await host.command('pool', 'stop', name);
  await host.command('pool', 'start', name);
  const begun = performance.now();
  if (!(await firstByte(port))) throw new Error(`Poolhouse closed the connection of the request that starts ${name}`);
  return performance.now() - begun;
}

/** Sends one request and waits for the first bytes of a good answer; false when nobody listens. */
function firstByte(port: number): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(limitMs, () => reject(new Error(`no answer on port ${port} in ${limitMs} ms`)));
  socket.once('connect', () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'));
  socket.once('data', (chunk) => {
    const status = Number(chunk.toString('latin1', 9, 12));
    if (status < 500) resolve(true);
    else reject(new Error(`status ${status} on port ${port}: ${chunk.toString('latin1')}`));
  });
  socket.once('end', () => resolve(false)).once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
