import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { crc32 } from 'node:zlib';
import { payload, receipt } from '../payload.ts';

/**
 * The upstream of every proxy: HTTP/1.1 over `node:net`, because it shares a core with the load generator and
 * has to leave the measured process as the slowest part. It understands what proxies send it here: requests
 * one after the other, bodies with a Content-Length. Answers look like those of `node:http`.
 */
const answers = new Map<string, Buffer>();
let date = new Date().toUTCString();
setInterval(() => {
  date = new Date().toUTCString();
  answers.clear();
}, 1_000).unref();

function answer(body: Buffer | string, status = '200 OK'): Buffer {
  const content = Buffer.from(body);
  const head = `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${content.length}\r\nDate: ${date}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=300\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), content]);
}

function answerTo(target: string): Buffer {
  const known = answers.get(target);
  if (known !== undefined) return known;
  const bytes = /^\/bytes\/(\d{1,8})$/.exec(target)?.[1];
  if (bytes === undefined) return answer('', '404 Not Found');
  const built = answer(payload(Number(bytes)));
  answers.set(target, built);
  return built;
}

function serve(socket: Socket): void {
  let pending: Buffer | undefined;
  /** Bytes of the current request's body still to come. */
  let missing = 0;
  let received = 0;
  let checksum = 0;

  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    let rest = pending === undefined ? chunk : Buffer.concat([pending, chunk]);
    pending = undefined;
    while (rest.length > 0) {
      if (missing === 0) {
        const end = rest.indexOf('\r\n\r\n');
        if (end === -1) {
          pending = rest;
          return;
        }
        const head = rest.toString('latin1', 0, end);
        rest = rest.subarray(end + 4);
        if (head.startsWith('GET ')) {
          socket.write(answerTo(head.slice(4, head.indexOf(' ', 4))));
          continue;
        }
        missing = Number(/\r\ncontent-length:[ \t]*(\d+)/i.exec(head)?.[1] ?? 0);
        received = 0;
        checksum = 0;
        if (missing === 0) {
          socket.end(answer('bodies have a Content-Length here\n', '411 Length Required'));
          return;
        }
      }
      const part = rest.subarray(0, missing);
      rest = rest.subarray(part.length);
      missing -= part.length;
      received += part.length;
      checksum = crc32(part, checksum);
      if (missing === 0) socket.write(answer(receipt(received, checksum)));
    }
  });
}

const server = createServer(serve);
server.listen({ port: Number(process.env['PORT'] ?? 3000), host: '127.0.0.1', backlog: 4096 });
process.on('SIGTERM', () => process.exit(0));
