import { terminalSink } from '../../logging/index.ts';
import type { LoggedEvent } from '../../logging/index.ts';
import { connectionOptions, defineCommand } from '../command.ts';
import { connectAdmin } from '../connect-admin.ts';
import type { Output } from '../output.ts';

export const eventsCommand = defineCommand({
  names: ['events'],
  summary: 'Show what happened lately: starts, recycles, crashes, changes',
  arguments: [],
  options: {
    ...connectionOptions,
    follow: { type: 'boolean', short: 'f', description: 'Go on with what happens' },
    topic: { type: 'string', value: 'NAMES', description: 'Only these first words of event names: pool,worker,config' },
  },
  examples: [
    ['poolhouse events', 'the last 15 minutes'],
    ['poolhouse events -f --topic pool,worker --json', 'a line of JSON for each event of pools and workers'],
  ],
  exits: ['denied', 'unreachable', 'interrupted'],
  async run({ options, output, system }) {
    const client = await connectAdmin(system, options.run);
    const topics = `topics=${encodeURIComponent(options.topic ?? '')}`;
    const show = eventWriter(output);
    const { items, next } = await client.get<{ items: readonly LoggedEvent[]; next: string }>(
      `/api/v1/events?${topics}`,
    );
    for (const event of items) show(event);
    if (options.follow !== true) return 0;
    const onLine = (line: string) => {
      if (line.startsWith('data: {"time"')) show(JSON.parse(line.slice('data: '.length)) as LoggedEvent);
    };
    await client.stream(`/api/v1/events?since=${next}&${topics}`, onLine);
    return 0;
  },
});

function eventWriter({ json, data }: Output): (event: LoggedEvent) => void {
  return json ? (event) => data.line(JSON.stringify(event)) : terminalSink(data.line, { colour: data.colour });
}
