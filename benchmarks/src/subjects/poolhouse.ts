import { fileURLToPath } from 'node:url';
import { moveToCore } from '../machine/cores.ts';
import type { HostingModel } from '../poolhouse/configuration.ts';
import { PoolhouseHost } from '../poolhouse/host.ts';
import type { RunningSubject, Setting, Subject } from './subject.ts';

/**
 * Poolhouse in front of a Node.js app in its worker: `apps/plain`, over a unix socket. The worker does what the
 * upstream does for the others, so it runs on their core and makes a row of its own.
 */
export const poolhouseInProcess: Subject = {
  name: 'Poolhouse in-process',
  start: (setting) => start(setting, 'Poolhouse in-process', 'inprocess', 'plain'),
};

/** Poolhouse in front of a program of its own: `apps/origin`, the upstream of the others, over TCP. */
export const poolhouseOutOfProcess: Subject = {
  name: 'Poolhouse out-of-process',
  start: (setting) => start(setting, 'Poolhouse out-of-process', 'outofprocess', 'origin'),
};

async function start(setting: Setting, name: string, hostingModel: HostingModel, app: string): Promise<RunningSubject> {
  const { cores, folder, port } = setting;
  const program = fileURLToPath(new URL(`../../apps/${app}/server.ts`, import.meta.url));
  const host = await PoolhouseHost.start({
    cores,
    folder: `${folder}/${hostingModel}`,
    apps: [{ name: 'bench', port, hostingModel, program, startMode: 'OnDemand' }],
    gateways: 1,
  });
  try {
    // The first request starts the app.
    const response = await fetch(`http://127.0.0.1:${port}/bytes/1`);
    if (response.status !== 200)
      throw new Error(`status ${response.status}: ${(await response.text()).slice(0, 2_000)}`);
    const gateways = await host.gateways();
    const workers = await host.workers('bench');
    for (const pid of workers) moveToCore(cores, cores.load, pid);
    const parts = {
      [`${name}`]: gateways,
      ...(hostingModel === 'inprocess' ? { [`${name}: worker with the app`]: workers } : {}),
    };
    return { port, parts: () => parts, stop: () => host.stop() };
  } catch (error) {
    await host.stop();
    throw error;
  }
}
