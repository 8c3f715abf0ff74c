import { createEventLog, jsonSink, streamLines, terminalSink } from '../../logging/index.ts';
import type { EventLog, EventName } from '../../logging/index.ts';
import type { System } from '../command.ts';
import type { Output } from '../output.ts';

/** What someone who works on an app need not read each time. */
const routine: ReadonlySet<string> = new Set<EventName>([
  'supervisor.started',
  'supervisor.stopping',
  'supervisor.stopped',
  'gateway.started',
  'gateway.stopped',
  'config.applied',
  'identity.unavailable',
  'pool.state',
  'worker.started',
  'worker.drained',
  'worker.stopped',
  'app.started',
  'app.in_process.started',
]);

/** Events of `poolhouse run`: sentences on stderr, beside what the apps write on stdout; with `--json` all, on stdout. */
export function createRunEvents({ stdout, stderr }: System, { json, messages }: Output): EventLog {
  if (json) return createEventLog({ sinks: [jsonSink(streamLines(stdout))] });
  const sink = terminalSink(streamLines(stderr), { colour: messages.colour });
  return createEventLog({ sinks: [(event) => (routine.has(event.event) ? undefined : sink(event))] });
}
