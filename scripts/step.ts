import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Top folder of the repository; every step runs there. */
export const repository = dirname(dirname(fileURLToPath(import.meta.url)));

/** Program installed by a development dependency. */
export function tool(name: string): string {
  return join(repository, 'node_modules', '.bin', name);
}

/** One program to run. */
export interface Step {
  readonly name: string;
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds after which the program is killed and has failed; none by default. */
  readonly limitMs?: number;
}

export interface StepResult {
  readonly name: string;
  readonly ok: boolean;
  /** What the program wrote, both streams in order; empty with `show`. */
  readonly output: string;
  readonly durationMs: number;
}

/** Runs a step to its end, never throws. With `show` its output goes to the terminal as it comes. */
export function runStep(step: Step, options: { readonly show?: boolean } = {}): Promise<StepResult> {
  const begun = performance.now();
  const child = spawn(step.program, step.arguments, {
    cwd: repository,
    env: { ...process.env, ...step.environment },
    stdio: ['ignore', options.show === true ? 'inherit' : 'pipe', options.show === true ? 'inherit' : 'pipe'],
    ...(step.limitMs !== undefined && { timeout: step.limitMs, killSignal: 'SIGKILL' as const }),
  });
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    const end = (ok: boolean, note = '') =>
      resolve({
        name: step.name,
        ok,
        output: Buffer.concat(chunks).toString() + note,
        durationMs: performance.now() - begun,
      });
    child.once('error', (error) => end(false, error.message));
    child.once('close', (code, signal) => end(code === 0, signal === null ? '' : `\nended by ${signal}`));
  });
}

/** `types of tests   1.2 s  ok` */
export function formatResult({ name, ok, durationMs }: StepResult): string {
  return `${ok ? 'ok    ' : 'FAILED'}  ${(durationMs / 1000).toFixed(1).padStart(5)} s  ${name}`;
}
