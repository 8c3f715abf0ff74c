import type { EventSink } from './event-log.ts';
import type { LineWriter } from './line-writer.ts';

/**
 * One JSON object per line, its fields beside time, level, event, id and message:
 * `{"time":"2026-11-20T08:12:03.120Z","level":"warn","event":"worker.exit.unexpected","winId":5009,"message":"…","pool":"shop",…}`.
 */
export function jsonSink(write: LineWriter): EventSink {
  return ({ fields, ...event }) => write(JSON.stringify({ ...event, ...withoutReserved(fields) }));
}

/** A field named like one of the record's own members would replace it. */
function withoutReserved(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { time: _1, level: _2, event: _3, winId: _4, message: _5, ...rest } = fields;
  return rest;
}
