import { streamLimit } from '../../supervisor/management/index.ts';
import type { OutputLine, StatusSnapshot } from '../../supervisor/management/index.ts';
import type { AdminClient } from '../admin-client.ts';
import { connectionOptions, defineCommand } from '../command.ts';
import { commandError } from '../command-error.ts';
import { connectAdmin } from '../connect-admin.ts';
import { outputLineWriter } from '../output-lines.ts';
import { withPoolNames } from '../pool-action.ts';

export const logsCommand = defineCommand({
  names: ['logs'],
  summary: 'Show what applications wrote to stdout and stderr',
  arguments: [{ name: 'POOL', description: 'name of the application pool; all pools when left out', optional: true }],
  options: {
    ...connectionOptions,
    follow: { type: 'boolean', short: 'f', description: 'Go on with what is written, through recycles and rotations' },
    tail: {
      type: 'string',
      short: 'n',
      value: 'LINES',
      description: 'Lines of each process to begin with (default 200)',
    },
  },
  examples: [
    ['poolhouse logs shop', 'the last lines of every process of pool shop'],
    ['poolhouse logs -f', 'follow all pools'],
  ],
  exits: ['not-found', 'denied', 'unreachable', 'interrupted'],
  async run({ arguments: [pool], options, output, system }) {
    const tail = readLines(options.tail);
    const follow = options.follow === true;
    // The end of one stream by an error ends the others.
    const failed = new AbortController();
    const interrupted = AbortSignal.any([system.interrupted, failed.signal]);
    const client = await connectAdmin({ ...system, interrupted }, options.run);
    const show = outputLineWriter(output);
    const showPool = async (name: string): Promise<void> => {
      try {
        await client.stream(`/api/v1/logs/${encodeURIComponent(name)}?tail=${tail}&follow=${follow}`, (line) =>
          show(JSON.parse(line) as OutputLine),
        );
      } catch (error) {
        const told = await withPoolNames(client, name, error);
        failed.abort();
        throw told;
      }
    };
    const pools = pool === undefined ? await poolNames(client) : [pool];
    if (follow) await Promise.all(atMostStreams(pools).map(showPool));
    else for (const name of pools) await showPool(name);
    return 0;
  },
});

function atMostStreams(pools: readonly string[]): readonly string[] {
  if (pools.length <= streamLimit) return pools;
  throw commandError('wrong-arguments', `logs follows ${streamLimit} pools at most, and there are ${pools.length}`, [
    ['try', 'poolhouse logs POOL -f'],
  ]);
}

function readLines(text: string | undefined): number {
  if (text === undefined) return 200;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 10_000) return Number(text);
  throw commandError('wrong-value', `--tail ${text}: give a number of lines from 0 to 10000`);
}

async function poolNames(client: AdminClient): Promise<readonly string[]> {
  return (await client.get<StatusSnapshot>('/api/v1/status')).pools.map(({ name }) => name);
}
