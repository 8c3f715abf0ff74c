import { createEventLog, jsonSink, rotatingFileLines, streamLines, terminalSink } from '../logging/index.ts';
import type { EventLog, EventSink } from '../logging/index.ts';
import type { System } from './command.ts';
import type { Output } from './output.ts';

/**
 * The event log of a Poolhouse in this process. It writes for people on a terminal, else one JSON object per
 * line; to stdout, or to a file of its own, rotated.
 */
export function createHostEvents(system: System, output: Output, logFile: string | undefined): EventLog {
  const sink = logFile === undefined ? streamSink(system, output) : jsonSink(rotatingFileLines(logFile));
  return createEventLog({ sinks: [sink] });
}

function streamSink({ stdout }: System, { json, data }: Output): EventSink {
  const lines = streamLines(stdout);
  return json || !data.isTerminal ? jsonSink(lines) : terminalSink(lines, { colour: data.colour });
}
