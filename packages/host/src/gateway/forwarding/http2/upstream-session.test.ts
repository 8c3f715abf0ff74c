import { constants, type ServerOptions } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Http2Upstream, type ReceivedStream } from '../../testing/http2-upstream.ts';
import { RawClient } from '../../testing/raw-client.ts';
import { type GatewaySetup, RunningGateway } from '../../testing/running-gateway.ts';

const { NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_NO_ERROR } = constants;

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

async function start(
  answer: (received: ReceivedStream, upstream: Http2Upstream) => void,
  options: ServerOptions = {},
  setup: GatewaySetup = {},
) {
  const gateway = await RunningGateway.start(setup);
  cleanUps.push(() => gateway.stop());
  const upstream = await listen(answer, options);
  const id = add(gateway, upstream.path);
  return { gateway, upstream, id };
}

async function listen(
  answer: (received: ReceivedStream, upstream: Http2Upstream) => void,
  options: ServerOptions = {},
): Promise<Http2Upstream> {
  const upstream: Http2Upstream = await Http2Upstream.listen((received) => answer(received, upstream), options);
  cleanUps.push(() => upstream.close());
  return upstream;
}

function add(gateway: RunningGateway, path: string): number {
  return gateway.addUpstream(0, { address: { path }, kind: 'worker', protocol: 'h2c' });
}

/** A gateway with a worker that accepts connections, and says nothing. */
async function startSilent() {
  const gateway = await RunningGateway.start();
  cleanUps.push(() => gateway.stop());
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const id = gateway.addUpstream(port, { kind: 'worker', protocol: 'h2c' });
  const socket = async (index = 0): Promise<Socket> => {
    for (;;) {
      const found = sockets[index];
      if (found !== undefined) return found;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { gateway, socket, id };
}

function open(gateway: RunningGateway): RawClient {
  const client = new RawClient(gateway.port);
  cleanUps.push(() => client.destroy());
  return client;
}

const get = (target = '/', ...fields: string[]): string =>
  [`GET ${target} HTTP/1.1`, 'Host: a.test', ...fields, '', ''].join('\r\n');
const pathOf = ({ fields }: ReceivedStream): string => fields[7] as string;
const ok = ({ stream, fields }: ReceivedStream): void => {
  stream.respond({ ':status': 200 });
  stream.end(fields[7]);
};
const drained = (gateway: RunningGateway) => gateway.until(() => gateway.messagesOf('drained').length === 1);
const requests = (gateway: RunningGateway, count: number): RawClient[] =>
  Array.from({ length: count }, (_, index) => open(gateway).send(get(`/${index}`, 'Connection: close')));

describe('sessions of an HTTP/2 upstream', () => {
  it('one serves requests one after the other, and many at once', async () => {
    const { gateway, upstream } = await start(ok);
    await open(gateway).send(get()).responses(1);
    const bodies = await Promise.all(requests(gateway, 90).map((client) => client.all()));
    for (const [index, body] of bodies.entries()) expect(body).toContain(`\r\n/${index}\r\n0\r\n\r\n`);
    expect(upstream.sessions).toHaveLength(1);
  });

  it('further ones carry what is over a hundred streams', async () => {
    const { gateway, upstream } = await start(() => {});
    const clients = requests(gateway, 250);
    await upstream.until(() => upstream.streams.length === 250);
    expect(upstream.sessions).toHaveLength(3);
    for (const received of upstream.streams) ok(received);
    for (const client of clients) expect(await client.all()).toMatch(/^HTTP\/1\.1 200 /);
  });

  it.each([0, 1, 3])('keep to the %i streams that the server allows', async (maxConcurrentStreams) => {
    const most = Math.max(1, maxConcurrentStreams);
    let tooMany = false;
    const open = new Map<unknown, number>();
    const { gateway, upstream } = await start(
      (received) => {
        const { session } = received.stream;
        const count = (open.get(session) ?? 0) + 1;
        open.set(session, count);
        tooMany ||= count > most;
        setImmediate(() => {
          open.set(session, (open.get(session) ?? 0) - 1);
          ok(received);
        });
      },
      { settings: { maxConcurrentStreams: most } },
    );
    if (maxConcurrentStreams === 0) upstream.onSession = (session) => session.settings({ maxConcurrentStreams: 1 });
    for (const client of requests(gateway, 20)) expect(await client.all()).toMatch(/^HTTP\/1\.1 200 /);
    expect(tooMany).toBe(false);
  });

  it('a worker that says nothing is waited for, as long as the client waits', async () => {
    const { gateway, socket, id } = await startSilent();
    const client = open(gateway).send(get());
    await socket();
    gateway.pass(60_000);
    expect(client.received).toBe('');
    client.socket.resetAndDestroy();
    gateway.change({ retire: [id] });
    await drained(gateway);
  });

  it('a worker that closes before it said anything: the request waits for another', async () => {
    const { gateway, socket } = await startSilent();
    const client = open(gateway).send(
      get().replace('GET', 'POST').replace('\r\n\r\n', '\r\nContent-Length: 3\r\n\r\n'),
    );
    (await socket()).destroy();
    await gateway.until(() => gateway.messagesOf('unreachable').length === 1);
    const upstream = await listen((received, server) => {
      server.readBody(received);
      received.stream.on('end', () => ok(received));
    });
    add(gateway, upstream.path);
    client.send('abc');
    expect(await client.responses(1)).toEqual(['200']);
    expect(upstream.streams[0]?.body).toBe('abc');
  });

  it('a socket that refuses: the request waits for another', async () => {
    const gateway = await RunningGateway.start();
    cleanUps.push(() => gateway.stop());
    add(gateway, '/nonexistent/socket');
    const client = open(gateway).send(get());
    await gateway.until(() => gateway.messagesOf('unreachable').length === 1);
    expect(gateway.messagesOf('unreachable')[0]?.code).toBe('ENOENT');
    add(gateway, (await listen(ok)).path);
    expect(await client.responses(1)).toEqual(['200']);
  });

  it('a server that speaks another protocol is asked about, and gives 502.3 the second time', async () => {
    const { gateway, socket } = await startSilent();
    const client = open(gateway).send(get('/', 'Connection: close'));
    (await socket(0)).write('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    await gateway.until(() => gateway.messagesOf('unreachable').length === 1);
    gateway.pass(1_100);
    (await socket(1)).write('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    expect(await client.all()).toContain('502.3');
  });
});

describe('a session that ends', () => {
  it('while idle casts doubt on the worker', async () => {
    const { gateway, upstream } = await start(ok);
    await open(gateway).send(get()).responses(1);
    upstream.sockets[0]?.destroy();
    await gateway.until(() => gateway.messagesOf('unreachable').length === 1);
  });

  it('with a GOAWAY casts none, and the next request takes a new one', async () => {
    const { gateway, upstream } = await start(ok);
    const client = open(gateway).send(get());
    await client.responses(1);
    upstream.sessions[0]?.close();
    await upstream.until(() => upstream.sessions[0]?.destroyed === true);
    expect(await client.send(get()).responses(2)).toEqual(['200', '200']);
    expect(upstream.sessions).toHaveLength(2);
    expect(gateway.messagesOf('unreachable')).toEqual([]);
  });

  it('M-72 with requests in hand: 502.3, a reset within the body, and doubt', async () => {
    const { gateway, upstream } = await start((received) => {
      if (pathOf(received) !== '/body') return;
      received.stream.respond({ ':status': 200 });
      received.stream.write('abc');
    });
    const waiting = open(gateway).send(get('/head', 'Connection: close'));
    await upstream.stream();
    const reading = open(gateway).send(get('/body'));
    await reading.until(({ received }) => received.includes('abc'));
    upstream.sockets[0]?.destroy();
    expect(await waiting.all()).toContain('502.3');
    await reading.until(({ closed }) => closed);
    expect(reading.errorCode).toBe('ECONNRESET');
    expect(gateway.messagesOf('unreachable')).toHaveLength(1);
    // Never sent again: a poisonous request must not kill two.
    expect(upstream.streams).toHaveLength(2);
  });

  it('GOAWAY lets streams that were taken end; new ones take a new session', async () => {
    const { gateway, upstream } = await start((received) => {
      if (pathOf(received) !== '/held') ok(received);
    });
    const client = open(gateway).send(get('/held'));
    const held = await upstream.stream();
    const [session] = upstream.sessions;
    session?.goaway(NGHTTP2_NO_ERROR);
    for (let count = 1; upstream.sessions.length === 1; count++) await open(gateway).send(get()).responses(1);
    ok(held);
    expect(await client.responses(1)).toEqual(['200']);
    await upstream.until(() => session?.destroyed === true);
    expect(gateway.messagesOf('unreachable')).toEqual([]);
  });

  it.each([NGHTTP2_NO_ERROR, NGHTTP2_ENHANCE_YOUR_CALM])(
    'GOAWAY %i sends streams that were not taken to a new session',
    async (code) => {
      const { gateway, upstream } = await start((received) => {
        if (upstream.sessions.length > 1) ok(received);
      });
      const clients = [open(gateway).send(get('/1', 'Connection: close'))];
      await upstream.stream();
      clients.push(open(gateway).send(get('/2', 'Connection: close')));
      const second = await upstream.stream(1);
      // The second one is not acted on, says the server.
      upstream.sessions[0]?.goaway(code, (second.stream.id as number) - 2);
      expect(await clients[1]?.all()).toMatch(/^HTTP\/1\.1 200 /);
      if (code === NGHTTP2_NO_ERROR) ok(await upstream.stream());
      expect(await clients[0]?.all()).toMatch(code === NGHTTP2_NO_ERROR ? /^HTTP\/1\.1 200 / : /502\.3/);
    },
  );

  it('a server with too much to send is left for another session', async () => {
    const { gateway, upstream } = await start(
      (received) => {
        if (pathOf(received) !== '/large') return ok(received);
        received.stream.respond({ ':status': 200 });
        received.stream.end(Buffer.alloc(5_000_000));
      },
      { maxSessionMemory: 1 },
    );
    const slow = open(gateway);
    slow.socket.pause();
    slow.send(get('/large'));
    await upstream.stream();
    for (let count = 0; count < 5; count++) expect(await open(gateway).send(get()).responses(1)).toEqual(['200']);
    expect(upstream.sessions).toHaveLength(2);
  });
});

describe('retire', () => {
  it('closes idle sessions, with a GOAWAY', async () => {
    const { gateway, upstream, id } = await start(ok);
    await open(gateway).send(get('/', 'Connection: close')).all();
    let goaway: number | undefined;
    upstream.sessions[0]?.on('goaway', (code) => {
      goaway = code;
    });
    gateway.change({ retire: [id] });
    await drained(gateway);
    await upstream.until(() => upstream.sessions[0]?.destroyed === true);
    expect(goaway).toBe(NGHTTP2_NO_ERROR);
  });

  it('waits for the last stream', async () => {
    const { gateway, upstream, id } = await start(() => {});
    const client = open(gateway).send(get('/', 'Connection: close'));
    const received = await upstream.stream();
    gateway.change({ retire: [id] });
    expect(gateway.messagesOf('drained')).toEqual([]);
    ok(received);
    expect(await client.all()).toMatch(/^HTTP\/1\.1 200 /);
    await drained(gateway);
    await upstream.until(() => upstream.sessions[0]?.destroyed === true);
  });

  it('a process that is gone before it said anything: the request goes to another', async () => {
    const { gateway, socket, id } = await startSilent();
    const client = open(gateway).send(get());
    await socket();
    gateway.change({ remove: [id] });
    add(gateway, (await listen(ok)).path);
    gateway.pass(1_200);
    expect(await client.responses(1)).toEqual(['200']);
  });

  it('a process that is gone: what it had in hand fails after a moment', async () => {
    const { gateway, upstream, id } = await start(() => {});
    const client = open(gateway).send(get('/', 'Connection: close'));
    await upstream.stream();
    gateway.change({ remove: [id] });
    gateway.pass(1_200);
    expect(await client.all()).toContain('502.3');
  });
});

describe('orders', () => {
  it('reach an HTTP/2 upstream over a session of their own', async () => {
    const { gateway, upstream } = await start(ok);
    gateway.gateway.receive({
      ...{ version: 1, type: 'order', id: 7, method: 'GET', target: '/warm', limitMs: 5_000 },
      upstream: gateway.upstream(0, { address: { path: upstream.path }, kind: 'worker', protocol: 'h2c' }),
      headers: [['Host', 'shop.test']],
      client: { scheme: 'https', version: '1.1', port: 0, address: '127.0.0.1' },
    });
    await gateway.until(() => gateway.messagesOf('orderDone').length === 1);
    expect(gateway.messagesOf('orderDone')[0]).toMatchObject({ id: 7, status: 200 });
    expect(upstream.streams[0]?.fields.slice(0, 8)).toEqual([
      ...[':method', 'GET', ':scheme', 'https', ':authority', 'shop.test', ':path', '/warm'],
    ]);
    await upstream.until(() => upstream.sessions[0]?.destroyed === true);
  });
});
