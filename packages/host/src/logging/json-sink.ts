import type { EventSink } from './event-log.ts';
import type { LineWriter } from './line-writer.ts';

/**
 * One JSON object per line:
 * `{"time":"2026-11-20T08:12:03.120Z","level":"warn","event":"worker.exit.unexpected","winId":5009,"message":"…","fields":{"pool":"shop",…}}`.
 */
export function jsonSink(write: LineWriter): EventSink {
  return (event) => write(JSON.stringify(event));
}
