import { connectionOptions, defineCommand } from '../command.ts';
import { connectAdmin } from '../connect-admin.ts';
import { actOnPool } from '../pool-action.ts';
import { readSeconds } from '../seconds-option.ts';

export const poolStopCommand = defineCommand({
  names: ['pool stop'],
  summary: 'Stop an application pool; requests to it are answered with 503',
  description: 'Requests that its processes have in their hands may finish within shutdownTimeLimit.',
  arguments: [{ name: 'POOL', description: 'name of the application pool' }],
  options: {
    ...connectionOptions,
    timeout: { type: 'string', value: 'TIME', description: 'Wait at most this long (default 120s)' },
  },
  examples: [['poolhouse pool stop shop', 'take pool shop out of service']],
  exits: ['not-found', 'denied', 'unreachable', 'timeout'],
  async run({ arguments: [pool = ''], options, output, system }) {
    const timeout = readSeconds(options.timeout, '--timeout', 120);
    const client = await connectAdmin(system, options.run);
    const snapshot = await actOnPool(client, pool, `stop?timeout=${timeout}`);
    output.show(snapshot, () => `pool ${snapshot.name} is ${snapshot.state}`);
    output.say(`next: poolhouse pool start ${snapshot.name}`);
    return 0;
  },
});
