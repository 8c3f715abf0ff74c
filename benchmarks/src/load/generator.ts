import type { FromGenerator, ToGenerator } from './job.ts';
import { LoadRun } from './load-run.ts';

/** The load generator's process: one job at a time, by message. */
let current: LoadRun | undefined;

process.on('message', (message: ToGenerator) => {
  if (message.type === 'finish') {
    current?.finish();
    return;
  }
  current = new LoadRun(message.job);
  current
    .run(() => send({ type: 'measuring' }))
    .then((result) => send({ type: 'done', result }))
    .catch((error: unknown) => send({ type: 'broken', reason: String(error) }));
});
process.on('disconnect', () => process.exit(0));

function send(message: FromGenerator): void {
  process.send?.(message);
}
