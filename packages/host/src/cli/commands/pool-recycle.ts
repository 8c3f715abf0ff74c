import { connectionOptions, defineCommand } from '../command.ts';
import { connectAdmin } from '../connect-admin.ts';
import { formatCount } from '../format-values.ts';
import { actOnPool } from '../pool-action.ts';
import { readSeconds } from '../seconds-option.ts';

export const poolRecycleCommand = defineCommand({
  names: ['pool recycle', 'recycle'],
  summary: 'Replace the processes of an application pool without losing a request',
  description:
    'New processes start and warm up while the old ones serve; then the old ones finish what they have and end. ' +
    'The command waits until that is done. Interrupting it does not stop the recycle.',
  arguments: [{ name: 'POOL', description: 'name of the application pool' }],
  options: {
    ...connectionOptions,
    'no-wait': { type: 'boolean', description: 'Return when the recycle has begun' },
    timeout: { type: 'string', value: 'TIME', description: 'Wait at most this long (default 60s)' },
  },
  examples: [
    ['poolhouse recycle shop', 'replace the processes of pool shop and wait'],
    ['poolhouse pool recycle shop --no-wait', 'only begin it'],
  ],
  exits: ['not-found', 'denied', 'unreachable', 'timeout', 'interrupted'],
  async run({ arguments: [pool = ''], options, output, system }) {
    const timeout = readSeconds(options.timeout, '--timeout', 60);
    const client = await connectAdmin(system, options.run);
    const wait = options['no-wait'] !== true;
    const snapshot = await actOnPool(client, pool, `recycle?wait=${wait}&timeout=${timeout}`);
    const processes = formatCount(snapshot.workers.length, 'process', 'processes');
    output.show(snapshot, () =>
      wait
        ? `pool ${snapshot.name} recycled: generation ${snapshot.generation}, ${processes}`
        : `pool ${snapshot.name} is being recycled`,
    );
    if (!wait) output.say('next: poolhouse status');
    return 0;
  },
});
