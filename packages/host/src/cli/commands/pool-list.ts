import { connectionOptions, defineCommand } from '../command.ts';
import { connectAdmin } from '../connect-admin.ts';
import { formatPools } from '../status-view.ts';
import type { StatusSnapshot } from '../../supervisor/management/index.ts';

export const poolListCommand = defineCommand({
  names: ['pool list'],
  summary: 'List the application pools with their processes',
  arguments: [],
  options: connectionOptions,
  examples: [
    ['poolhouse pool list', 'state, requests, memory and last exit of every pool'],
    ['poolhouse pool list --json', 'with every process'],
  ],
  exits: ['denied', 'unreachable'],
  async run({ options, output, system }) {
    const client = await connectAdmin(system, options.run);
    const { pools, revision } = await client.get<StatusSnapshot>('/api/v1/status');
    const list = { items: pools, total: pools.length, generation: String(revision) };
    output.show(list, () => formatPools(pools, output.data));
    return 0;
  },
});
