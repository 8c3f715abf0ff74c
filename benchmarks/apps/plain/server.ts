import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { payload, receipt } from '../payload.ts';

/**
 * The smallest application on `node:http`: what an in-process worker serves. `?wait=20` answers 20 ms later, so
 * that requests are in flight whenever something happens.
 */
const bodies = new Map<string, Buffer>();

const server = createServer((request, response) => {
  if (request.method === 'POST') count(request, response);
  else sendBytes(request.url ?? '/', response);
});

function sendBytes(target: string, response: ServerResponse): void {
  let body = bodies.get(target);
  if (body === undefined) {
    const bytes = /^\/bytes\/(\d{1,8})(?:\?|$)/.exec(target)?.[1];
    if (bytes === undefined) {
      response.writeHead(404).end();
      return;
    }
    body = payload(Number(bytes));
    bodies.set(target, body);
  }
  answer(target, response, body);
}

function count(request: IncomingMessage, response: ServerResponse): void {
  let bytes = 0;
  let checksum = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    checksum = crc32(chunk, checksum);
  });
  request.on('end', () => answer(request.url ?? '/', response, receipt(bytes, checksum)));
}

function answer(target: string, response: ServerResponse, body: Buffer | string): void {
  const wait = target.indexOf('?wait=');
  if (wait !== -1) {
    setTimeout(() => answer('', response, body), Number(target.slice(wait + '?wait='.length)));
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length });
  response.end(body);
}

// Longer than any proxy keeps a connection that it does not use.
server.keepAliveTimeout = 300_000;
server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
