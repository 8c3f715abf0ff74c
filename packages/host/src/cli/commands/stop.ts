import { setTimeout as wait } from 'node:timers/promises';
import type { StatusSnapshot } from '../../supervisor/management/index.ts';
import { connectionOptions, defineCommand } from '../command.ts';
import type { System } from '../command.ts';
import { commandError } from '../command-error.ts';
import { connectAdmin } from '../connect-admin.ts';
import { isRunning } from '../is-running.ts';
import { readSeconds } from '../seconds-option.ts';

export const stopCommand = defineCommand({
  names: ['stop'],
  summary: 'Stop Poolhouse in order',
  description: 'New clients are refused, requests in flight finish, every process ends. The command waits for that.',
  arguments: [],
  options: {
    ...connectionOptions,
    'no-wait': { type: 'boolean', description: 'Return when the stop has begun' },
    timeout: { type: 'string', value: 'TIME', description: 'Wait at most this long (default 120s)' },
  },
  examples: [['poolhouse stop', 'stop the Poolhouse of this folder, of this user, or of the system']],
  exits: ['denied', 'unreachable', 'timeout', 'interrupted'],
  async run({ options, output, system }) {
    const timeout = readSeconds(options.timeout, '--timeout', 120);
    const client = await connectAdmin(system, options.run);
    const { pid } = await client.get<StatusSnapshot>('/api/v1/status');
    const answer = await client.post('/api/v1/stop', { reason: 'poolhouse stop' });
    if (options['no-wait'] === true) {
      output.show(answer, () => `Poolhouse (pid ${pid}) is stopping`);
      return 0;
    }
    await ended(pid, timeout, system);
    output.show({ state: 'stopped' }, () => `Poolhouse (pid ${pid}) has stopped`);
    return 0;
  },
});

async function ended(pid: number, timeoutSeconds: number, { interrupted }: System): Promise<void> {
  const deadline = Date.now() + timeoutSeconds * 1_000;
  while (isRunning(pid)) {
    if (Date.now() > deadline) {
      throw commandError('not-stopped-in-time', `Poolhouse (pid ${pid}) has not ended after ${timeoutSeconds} s`, [
        ['because', 'requests in flight may take as long as shutdownTimeLimit'],
        ['try', 'poolhouse status, or a longer --timeout'],
      ]);
    }
    await wait(50, undefined, { signal: interrupted });
  }
}
