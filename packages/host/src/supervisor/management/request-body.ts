import type { IncomingMessage } from 'node:http';
import { RequestRefused } from './problems.ts';

/** Largest body, bytes. */
const bodyLimit = 64 * 1024;

/**
 * Reads a JSON object; an absent body is an empty one.
 *
 * @throws RequestRefused `too-large`, `unsupported-media` or `malformed`
 */
export async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new RequestRefused('too-large', `The body has more than ${bodyLimit} bytes.`);
    chunks.push(chunk);
  }
  if (size === 0) return {};
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestRefused('unsupported-media', 'Send the body as application/json.');
  }
  const value = parse(Buffer.concat(chunks).toString());
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RequestRefused('malformed', 'The body must be a JSON object.');
  }
  return value as Readonly<Record<string, unknown>>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestRefused('malformed', 'The body is not valid JSON.');
  }
}
