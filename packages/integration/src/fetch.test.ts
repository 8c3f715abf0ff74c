import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fetchHandler, type FetchHandler } from './fetch.ts';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  vi.restoreAllMocks();
});

async function serve(handler: FetchHandler | { fetch: FetchHandler }): Promise<{ host: string; port: number }> {
  server = createServer(fetchHandler(handler)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

type Wanted = RequestOptions & { body?: string | Buffer };

async function ask(address: object, { body, ...options }: Wanted = {}): Promise<IncomingMessage> {
  const request = httpRequest({ ...address, ...options });
  request.end(body);
  const [response] = await once(request, 'response');
  return response;
}

describe('fetchHandler', () => {
  it('passes method, url, fields and body, and sends status, fields and body', async () => {
    const address = await serve(async (request) => {
      const body = await request.text();
      const headers = new Headers({ 'X-Seen': request.headers.get('x-two') ?? '' });
      headers.append('Set-Cookie', 'a=1');
      headers.append('Set-Cookie', 'b=2');
      return new Response(`${request.method} ${request.url} ${body}`, { status: 201, statusText: 'Made', headers });
    });
    const response = await ask(address, {
      method: 'PUT',
      path: '/x?y=%20',
      headers: { Host: 'shop.example', 'X-Two': ['1', '2'] },
      body: 'Grüße',
    });
    expect(response).toMatchObject({ statusCode: 201, statusMessage: 'Made' });
    expect(response.headers).toMatchObject({ 'x-seen': '1, 2', 'set-cookie': ['a=1', 'b=2'] });
    expect(await text(response)).toBe('PUT http://shop.example/x?y=%20 Grüße');
  });

  it('calls the method of an object on that object', async () => {
    const address = await serve({
      word: 'hello',
      fetch() {
        return new Response(this.word);
      },
    } as { fetch: FetchHandler; word: string });
    expect(await text(await ask(address))).toBe('hello');
  });

  it('streams a body in both directions', async () => {
    const address = await serve((request) => new Response(request.body));
    const body = Buffer.alloc(3_000_000, 'poolhouse');
    expect((await buffer(await ask(address, { method: 'POST', body }))).equals(body)).toBe(true);
  });

  it('sends a chunk when the handler gives it', async () => {
    const channel = new TransformStream<Uint8Array, Uint8Array>();
    const writer = channel.writable.getWriter();
    const address = await serve(() => new Response(channel.readable));
    const written = writer.write(Buffer.from('first'));
    const response = await ask(address);
    const [chunk] = await once(response, 'data');
    expect(String(chunk)).toBe('first');
    await written;
    await writer.close();
  });

  it('aborts the signal when the client leaves, and cancels the body', async () => {
    const cancelled = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<void>();
    const address = await serve((request) => {
      request.signal.addEventListener('abort', () => aborted.resolve());
      const stream = new ReadableStream({
        start: (controller) => controller.enqueue(Buffer.from('x')),
        cancel: () => cancelled.resolve(),
      });
      return new Response(stream);
    });
    const response = await ask(address);
    response.destroy();
    await aborted.promise;
    await cancelled.promise;
  });

  it('answers HEAD with the fields and without the body', async () => {
    const address = await serve(() => new Response('body', { headers: { 'content-length': '4' } }));
    const response = await ask(address, { method: 'HEAD' });
    expect(response.headers['content-length']).toBe('4');
    expect(await text(response)).toBe('');
  });

  it.each([
    ['throws', () => Promise.reject(new Error('broken'))],
    ['returns nothing', () => undefined as never],
    ['returns a network error', () => Response.error()],
  ])('answers 500 without a body and says why when the handler %s', async (_, handler) => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const response = await ask(await serve(handler));
    expect(response.statusCode).toBe(500);
    expect(await text(response)).toBe('');
    expect(stderr).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('the fetch handler failed: '));
  });

  it('cuts the response when the body fails half-way', async () => {
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const address = await serve(() => {
      let pulls = 0;
      const pull = (controller: ReadableStreamDefaultController) => {
        if (pulls++ === 0) controller.enqueue(Buffer.from('half'));
        else controller.error(new Error('broken'));
      };
      return new Response(new ReadableStream({ pull }));
    });
    await expect(ask(address).then(text)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('serves the next request of a connection though the handler left a body unread', async () => {
    const address = await serve(() => new Response('answered'));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const method of ['POST', 'GET']) {
      const body = method === 'POST' ? Buffer.alloc(1_000_000) : '';
      expect(await text(await ask(address, { agent, method, body }))).toBe('answered');
    }
    agent.destroy();
  });

  it('lets a handler that has begun with a body read on after its answer', async () => {
    const received = Promise.withResolvers<number>();
    const address = await serve((request) => {
      const read = async (): Promise<number> => (await request.arrayBuffer()).byteLength;
      received.resolve(read());
      return new Response('accepted');
    });
    expect(await text(await ask(address, { method: 'POST', body: Buffer.alloc(1_000_000) }))).toBe('accepted');
    expect(await received.promise).toBe(1_000_000);
  });

  it.each([
    ['TRACE', { method: 'TRACE' }, 501],
    ['a host with a path', { headers: { Host: 'a/b' } }, 400],
    ['a host with a user', { headers: { Host: 'a@b' } }, 400],
    ['a host that is none', { headers: { Host: 'a b' } }, 400],
    ['a target without a slash', { path: 'x', method: 'GET' }, 400],
    ['the target *', { path: '*', method: 'OPTIONS' }, 400],
  ])('answers %s without calling the handler', async (_, options, status) => {
    const handler = vi.fn(() => new Response('called'));
    const response = await ask(await serve(handler), options);
    expect(response.statusCode).toBe(status);
    expect(handler).not.toHaveBeenCalled();
  });
});
