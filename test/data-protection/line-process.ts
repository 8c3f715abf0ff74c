import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

import { within } from '../harness/until.ts';

/** A program that answers each line of JSON with one, in their order, and ends with its standard input. */
export class LineProcess {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #answers: AsyncIterator<string>;
  #turn: Promise<unknown> = Promise.resolve();
  #errors = '';

  /** @param environment beside that of this process */
  constructor(program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#process = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
    // Written to after its end: `ask` tells that by the answer that does not come.
    this.#process.stdin?.on('error', () => undefined);
    this.#ended = new Promise((resolve, reject) => {
      this.#process.once('error', reject);
      this.#process.once('close', () => resolve());
    });
    this.#ended.catch(() => undefined);
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('standard output is not a pipe');
    this.#answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** @throws Error with what the program says went wrong, or wrote to standard error before it ended */
  async ask<T extends object>(question: object): Promise<T> {
    this.#process.stdin?.write(`${JSON.stringify(question)}\n`);
    const answer = this.#turn.then(() => this.#answers.next());
    this.#turn = answer.catch(() => undefined);
    const { value, done } = await within('an answer', answer, 30_000);
    if (done === true) throw new Error(`the program ended:\n${this.#errors}`);
    const told = JSON.parse(value) as T | { readonly error: string };
    if ('error' in told) throw new Error(told.error);
    return told;
  }

  async end(): Promise<void> {
    this.#process.stdin?.end();
    try {
      await within('the end of the program', this.#ended);
    } finally {
      this.#process.kill('SIGKILL');
    }
  }
}
