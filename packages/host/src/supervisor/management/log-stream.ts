import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { outputLines } from './output-lines.ts';
import type { OutputLinesOptions } from './output-lines.ts';

/** Answers with the lines of a pool, one JSON object each, with back-pressure. */
export async function streamOutput(response: ServerResponse, options: OutputLinesOptions): Promise<void> {
  const { signal } = options;
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  response.flushHeaders();
  try {
    for await (const lines of outputLines(options)) {
      if (lines.length === 0) continue;
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      if (!response.write(text)) await once(response, 'drain', { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    response.end();
  }
}
