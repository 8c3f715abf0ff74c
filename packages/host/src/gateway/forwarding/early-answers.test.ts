import { mkdtempSync, rmSync } from 'node:fs';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Http2Upstream } from '../testing/http2-upstream.ts';
import { openClient, startGateway } from '../testing/for-one-test.ts';
import type { RunningGateway } from '../testing/running-gateway.ts';

const { NGHTTP2_NO_ERROR } = constants;

/** A gateway in front of a server that treats the first bytes of each connection as `answer` says. */
async function answering(on: 'tcp' | 'unix', answer: (socket: Socket) => void): Promise<RunningGateway> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
  });
  const folder = mkdtempSync(join(tmpdir(), 'early-'));
  const path = join(folder, 's');
  await new Promise<void>((resolve) => {
    if (on === 'unix') server.listen(path, resolve);
    else server.listen(0, '127.0.0.1', resolve);
  });
  const gateway = await startGateway();
  const { port = 0 } = server.address() as { port?: number };
  gateway.addUpstream(port, on === 'unix' ? { address: { path } } : {});
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return gateway;
}

const length = 10_000_000;
const upload = `POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${length}\r\n\r\n`;
const page = 'x'.repeat(2_000);
const tooLarge = `HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: ${page.length}\r\n\r\n${page}`;

function closes(socket: Socket): void {
  socket.end(tooLarge, () => socket.destroy());
}
function resets(socket: Socket): void {
  socket.write(tooLarge, () => socket.resetAndDestroy());
}
function leaves(socket: Socket): void {
  socket.pause().write(tooLarge, () => socket.destroy());
}

describe('an answer that comes while the request is still being sent', () => {
  it.each([
    ['tcp', 'closes', closes],
    ['unix', 'closes', closes],
    ['tcp', 'resets', resets],
    ['unix', 'leaves the rest unread', leaves],
  ] as const)('H-150 reaches the client, every time, when the %s server then %s', async (on, _, answer) => {
    const gateway = await answering(on, answer);
    for (let round = 0; round < 60; round++) {
      const client = openClient(gateway).send(upload);
      client.socket.write(Buffer.alloc(length));
      await client.until(({ received, ended }) => received.endsWith(page) || ended);
      expect(client.statuses).toEqual(['413']);
      expect(client.received.endsWith(page)).toBe(true);
      client.destroy();
    }
  });

  it.each(['tcp', 'unix'] as const)('is 502.3 when the %s server closes without one', async (on) => {
    const gateway = await answering(on, (socket) => socket.destroy());
    for (let round = 0; round < 20; round++) {
      const client = openClient(gateway).send(upload);
      client.socket.write(Buffer.alloc(length));
      await client.until(({ received, ended }) => received.includes('502.3') || ended);
      expect(client.statuses).toEqual(['502']);
      client.destroy();
    }
  });
});

describe('an answer of an HTTP/2 upstream that comes while the request is still being sent', () => {
  it.each<[string, (stream: ServerHttp2Stream) => void]>([
    ['ends the stream', (stream) => stream.end(page)],
    ['resets the stream without an error', (stream) => stream.end(page, () => stream.close(NGHTTP2_NO_ERROR))],
    ['leaves', (stream) => stream.on('close', () => stream.session?.destroy()).end(page)],
    ['says goodbye', (stream) => stream.end(page, () => stream.session?.close())],
  ])('H-150 reaches the client, every time, when the server then %s', async (_, end) => {
    const upstream = await Http2Upstream.listen(({ stream }) => {
      stream.respond({ ':status': 413, 'content-length': page.length });
      end(stream);
    });
    onTestFinished(() => upstream.close());
    const gateway = await startGateway();
    gateway.addUpstream(0, { address: { path: upstream.path }, kind: 'worker', protocol: 'h2c' });
    for (let round = 0; round < 60; round++) {
      const client = openClient(gateway).send(upload);
      client.socket.write(Buffer.alloc(length));
      await client.until(({ received, ended }) => received.endsWith(page) || ended);
      expect(client.statuses).toEqual(['413']);
      expect(client.received.endsWith(page)).toBe(true);
      client.destroy();
    }
  });
});
