import { connectionOptions, defineCommand } from '../command.ts';
import { connectAdmin } from '../connect-admin.ts';
import { formatStatus } from '../status-view.ts';
import type { StatusSnapshot } from '../../supervisor/management/index.ts';

export const statusCommand = defineCommand({
  names: ['status'],
  summary: 'Show what runs: sites, pools, processes, problems',
  arguments: [],
  options: connectionOptions,
  examples: [
    ['poolhouse status', 'everything at a glance'],
    ['poolhouse status --json', 'the same, and more, for programs'],
  ],
  exits: ['denied', 'unreachable'],
  async run({ options, output, system }) {
    const client = await connectAdmin(system, options.run);
    const status = await client.get<StatusSnapshot>('/api/v1/status');
    output.show(status, () => formatStatus(status, output.data, Date.now()));
    return 0;
  },
});
