import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Job, JobResult } from '../../apps/data-protection/jobs.ts';
import type { Cores } from '../machine/cores.ts';
import { onCore } from '../machine/cores.ts';
import { cpuTime, cpuTimeBetween } from '../machine/cpu-time.ts';

export interface MeasuredJob extends JobResult {
  /** CPU time of all threads of the process. */
  readonly cpuMicrosPerOperation: number;
}

/** A program of `apps/data-protection`, on the measured core: a line with a job in, a line with its result out. */
export class ProtectingProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;
  #errors = '';

  constructor(cores: Cores, command: readonly string[]) {
    const [program = '', ...args] = onCore(cores, cores.measured, command);
    this.#child = spawn(program, args, { env: { ...process.env, NODE_ENV: 'production' } });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
    this.#child.stdin.on('error', () => undefined); // it has ended, which its answers tell
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#child.once('exit', resolve).once('error', resolve);
    this.#ended = promise;
  }

  async run(job: Job): Promise<MeasuredJob> {
    const pids = [this.#child.pid ?? 0];
    const before = cpuTime(pids);
    this.#child.stdin.write(`${JSON.stringify(job)}\n`);
    const answer = await this.#answers.next();
    if (answer.done === true) throw new Error(`it ended: ${this.#errors.trim().slice(-500)}`);
    const result = JSON.parse(answer.value) as JobResult;
    const cpuNanoseconds = cpuTimeBetween(before, cpuTime(pids));
    return { ...result, cpuMicrosPerOperation: cpuNanoseconds / 1_000 / result.operations };
  }

  async stop(): Promise<void> {
    this.#child.stdin.end();
    await this.#ended;
  }
}
