import { connectionOptions, defineCommand } from '../command.ts';
import { connectAdmin } from '../connect-admin.ts';
import { actOnPool } from '../pool-action.ts';
import { readSeconds } from '../seconds-option.ts';

export const poolStartCommand = defineCommand({
  names: ['pool start'],
  summary: 'Start a stopped application pool, and forget its failures',
  arguments: [{ name: 'POOL', description: 'name of the application pool' }],
  options: {
    ...connectionOptions,
    timeout: { type: 'string', value: 'TIME', description: 'Wait at most this long (default 60s)' },
  },
  examples: [['poolhouse pool start shop', 'let pool shop serve again, for example after rapid-fail protection']],
  exits: ['not-found', 'denied', 'unreachable', 'timeout'],
  async run({ arguments: [pool = ''], options, output, system }) {
    const timeout = readSeconds(options.timeout, '--timeout', 60);
    const client = await connectAdmin(system, options.run);
    const snapshot = await actOnPool(client, pool, `start?timeout=${timeout}`);
    output.show(snapshot, () => `pool ${snapshot.name} is ${snapshot.state}`);
    return 0;
  },
});
