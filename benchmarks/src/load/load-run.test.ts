import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { LoadJob, LoadResult, Pace } from './job.ts';
import { LoadRun } from './load-run.ts';
import { get } from './request.ts';

const { request, expected } = get(1_024);
const answer = Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n'), expected.body]);
const closed: Pace = { kind: 'closed', connections: 4 };
const open: Pace = { kind: 'open', requestsPerSecond: 1_000 };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Starts a server that does this with each request; its port, and how many connections and requests it saw. */
async function serve(respond: (socket: Socket, count: number) => void) {
  const seen = { port: 0, connections: 0, requests: 0 };
  const server = createServer((socket) => {
    seen.connections++;
    socket.on('error', () => {});
    socket.on('data', () => respond(socket, ++seen.requests));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  seen.port = (server.address() as { port: number }).port;
  return seen;
}

function run(port: number, pace: Pace, more: Partial<LoadJob> = {}, enough?: () => boolean): Promise<LoadResult> {
  const job = { port, request, expected, pace, connections: 'kept' as const, warmUpMs: 0, answerLimitMs: 5_000 };
  const one = new LoadRun({
    ...job,
    measureMs: enough === undefined ? 50 : Number.POSITIVE_INFINITY,
    watch: {},
    ...more,
  });
  return one.run(() => {
    if (enough === undefined) return;
    const poll = setInterval(() => {
      if (!enough()) return;
      clearInterval(poll);
      one.finish();
    }, 1);
  });
}

describe('LoadRun', () => {
  it('keeps the connections of a closed loop', async () => {
    const seen = await serve((socket) => socket.write(answer));
    const result = await run(seen.port, closed, {}, () => seen.requests >= 50);
    expect(result.failures).toEqual({});
    expect(result.answered).toBeGreaterThan(0);
    expect(seen.connections).toBe(4);
  });

  it('opens one connection per request when asked to', async () => {
    const seen = await serve((socket) =>
      socket.end(answer.toString('latin1').replace('\r\n', '\r\nConnection: close\r\n'), 'latin1'),
    );
    const result = await run(seen.port, open, { connections: 'new' }, () => seen.requests >= 20);
    expect(result.failures).toEqual({});
    expect(seen.connections).toBe(seen.requests);
  });

  it('sends what is due in an open loop while no answer comes', async () => {
    const held: Socket[] = [];
    const seen = await serve((socket, count) => {
      held.push(socket);
      if (count >= 20) for (const one of held.splice(0)) one.write(answer);
    });
    const result = await run(seen.port, open, {}, () => seen.requests >= 25);
    expect(result.failures).toEqual({});
    expect(seen.connections).toBeGreaterThanOrEqual(20);
  });

  it('reads CPU time of the processes it is to watch', async () => {
    const seen = await serve((socket) => socket.write(answer));
    const result = await run(seen.port, closed, { watch: { own: [process.pid] } }, () => seen.requests >= 50);
    expect(result.cpuNanoseconds['own']).toBeGreaterThan(0);
  });

  it.each<[string, (socket: Socket) => void, string]>([
    ['another status', (socket) => socket.write('HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n'), 'status 502'],
    ['a wrong body', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno'), 'wrong body'],
    ['a cut body', (socket) => socket.end(answer.subarray(0, -1)), 'truncated answer'],
    ['no answer', (socket) => socket.end(), 'closed without an answer'],
    ['a reset', (socket) => socket.resetAndDestroy(), 'ECONNRESET'],
    ['silence', () => {}, 'no answer in 30 ms'],
  ])('counts %s as a failure, in both loops', async (_title, respond, reason) => {
    for (const pace of [closed, open]) {
      const seen = await serve(respond);
      const limit = reason.startsWith('no answer') ? { answerLimitMs: 30 } : {};
      const result = await run(seen.port, pace, limit, () => seen.requests >= 12);
      expect(result.answered).toBe(0);
      expect(Object.keys(result.failures)).toEqual([reason]);
    }
  });

  it('counts a refused connection as a failure', async () => {
    const seen = await serve(() => {});
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const result = await run(seen.port, open);
    expect(result.answered).toBe(0);
    expect(Object.keys(result.failures)).toEqual(['ECONNREFUSED']);
  });

  it('does not count what a server may do: close a connection that is idle', async () => {
    const seen = await serve((socket) => {
      socket.write(answer);
      setImmediate(() => socket.end());
    });
    const slow: Pace = { kind: 'open', requestsPerSecond: 100 };
    const result = await run(seen.port, slow, {}, () => seen.requests >= 5);
    expect(result.failures).toEqual({});
  });
});
