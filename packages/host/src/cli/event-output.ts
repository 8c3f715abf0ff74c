import { createEventLog, jsonSink, rotatingFileLines, streamLines, terminalSink } from '../logging/index.ts';
import type { EventLog, EventSink } from '../logging/index.ts';
import type { System } from './command.ts';
import { commandError } from './command-error.ts';
import type { Output } from './output.ts';

/**
 * The event log of a Poolhouse in this process. It writes for people on a terminal, else one JSON object per
 * line; to stdout, or to a file of its own, rotated.
 *
 * @throws CommandError `start-failed` when the file cannot be opened
 */
export function createHostEvents(system: System, output: Output, logFile: string | undefined): EventLog {
  return createEventLog({ sinks: [logFile === undefined ? streamSink(system, output) : fileSink(logFile)] });
}

function fileSink(path: string): EventSink {
  try {
    return jsonSink(rotatingFileLines(path));
  } catch (error) {
    throw commandError('start-failed', `the log file ${path} cannot be written: ${(error as Error).message}`);
  }
}

function streamSink({ stdout }: System, { json, data }: Output): EventSink {
  const lines = streamLines(stdout);
  return json || !data.isTerminal ? jsonSink(lines) : terminalSink(lines, { colour: data.colour });
}
