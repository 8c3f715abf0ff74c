import { fileURLToPath } from 'node:url';
import type { Cores } from '../machine/cores.ts';
import { onCore } from '../machine/cores.ts';
import { startProcess } from '../machine/started-process.ts';
import type { StartedProcess } from '../machine/started-process.ts';
import type { FromGenerator, LoadJob, LoadResult, ToGenerator } from './job.ts';

/** The load generator as this program sees it; `generator.ts` is the inside. */
export class LoadGenerator {
  readonly #process: StartedProcess;

  constructor(cores: Cores, logFile: string) {
    const program = fileURLToPath(new URL('generator.ts', import.meta.url));
    this.#process = startProcess(onCore(cores, cores.load, [process.execPath, program]), { logFile, channel: true });
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Carries out a job. With an infinite `measureMs` it ends after `until`, which starts with the measured time. */
  run(job: LoadJob, until?: () => Promise<void>): Promise<LoadResult> {
    const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
    const { child } = this.#process;
    const onMessage = (message: FromGenerator): void => {
      if (message.type === 'done') resolve(message.result);
      else if (message.type === 'broken') reject(new Error(`the load generator failed: ${message.reason}`));
      else until?.().then(() => this.#send({ type: 'finish' }), reject);
    };
    const onExit = (): void => reject(new Error(`the load generator ended: ${this.#process.output()}`));
    child.on('message', onMessage);
    child.once('exit', onExit);
    this.#send({ type: 'run', job });
    return promise.finally(() => {
      child.off('message', onMessage);
      child.off('exit', onExit);
    });
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  #send(message: ToGenerator): void {
    this.#process.child.send(message);
  }
}
