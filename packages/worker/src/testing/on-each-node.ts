import { describe } from 'vitest';
import { nodesUnderTest } from './node-versions.ts';
import { startWorker, type WorkerStart, type WorkerUnderTest } from './supervisor.ts';

/** Starts an application below test/fixtures/apps/in-process on the Node.js under test. */
export type StartApp = (app: string, start?: Omit<WorkerStart, 'node' | 'app'>) => Promise<WorkerUnderTest>;

const nodes = nodesUnderTest();

/** Runs the same cases on every supported version of Node.js, several at a time. */
export function onEachNode(define: (start: StartApp, major: number) => void): void {
  for (const { major, program, problem } of nodes) {
    const start: StartApp = (app, options) =>
      startWorker({ ...options, node: program as string, app: app.includes('/') ? app : `in-process/${app}` });
    if (program === undefined) describe.skip(`Node.js ${major} ${problem}`, () => define(start, Number(major)));
    else describe.concurrent(`Node.js ${major}`, { timeout: 60_000 }, () => define(start, Number(major)));
  }
}

/** Starts an application and waits until it serves. */
export async function startReady(start: StartApp, ...args: Parameters<StartApp>): Promise<WorkerUnderTest> {
  const worker = await start(...args);
  try {
    await worker.message('ready');
    return worker;
  } catch (error) {
    await worker[Symbol.asyncDispose]();
    throw error;
  }
}
