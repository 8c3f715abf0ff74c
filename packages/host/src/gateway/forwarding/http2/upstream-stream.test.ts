import { constants } from 'node:http2';
import { afterEach, describe, expect, it } from 'vitest';
import { Http2Upstream, type ReceivedStream } from '../../testing/http2-upstream.ts';
import { RawClient } from '../../testing/raw-client.ts';
import { type GatewaySetup, RunningGateway } from '../../testing/running-gateway.ts';

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants;

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

type ServerOptions = Parameters<typeof Http2Upstream.listen>[1];

async function start(
  answer: (received: ReceivedStream, upstream: Http2Upstream) => void,
  setup: GatewaySetup = {},
  options: ServerOptions = {},
) {
  const gateway = await RunningGateway.start(setup);
  cleanUps.push(() => gateway.stop());
  const upstream: Http2Upstream = await Http2Upstream.listen((received) => answer(received, upstream), options);
  cleanUps.push(() => upstream.close());
  const id = gateway.addUpstream(0, { address: { path: upstream.path }, kind: 'worker', protocol: 'h2c' });
  return { gateway, upstream, id };
}

function open(gateway: RunningGateway): RawClient {
  const client = new RawClient(gateway.port);
  cleanUps.push(() => client.destroy());
  return client;
}

const get = (target = '/', ...fields: string[]): string =>
  [`GET ${target} HTTP/1.1`, 'Host: a.test', ...fields, '', ''].join('\r\n');
const post = (body: string, ...fields: string[]): string => get('/', ...fields).replace('GET', 'POST') + body;
const ok = ({ stream }: ReceivedStream): void => {
  stream.respond({ ':status': 200 });
  stream.end('ok');
};
/** A response without its Date, which tells the time of the gateway. */
const dateless = (text: string): string => text.replace(/date: [^\r]*\r\n/gi, '');
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};
/** Turns of the event loop until `value` has stood still for many of them. */
async function settled(value: () => number): Promise<number> {
  for (let before = -1; ;) {
    const now = value();
    if (now === before) return now;
    before = now;
    await turns(50);
  }
}

describe('the request that an HTTP/2 upstream gets', () => {
  it('M-57 has the client facts first, the host as authority, the rest as sent', async () => {
    const { gateway, upstream } = await start(ok);
    const client = open(gateway).send(
      get(
        '/a/./b?c=%20',
        'X-B:  1 ',
        'Connection: close, x-hop',
        'X-Hop: 1',
        'Cookie: a=1',
        'Cookie: b=2',
        'X-B: \xe4',
      ),
    );
    await client.responses(1);
    const { localPort } = client.socket;
    expect(upstream.streams[0]?.fields).toEqual([
      ...[':method', 'GET', ':scheme', 'http', ':authority', 'a.test', ':path', '/a/b?c=%20'],
      ...['ms-aspnetcore-client', `secret-token http 1.1 ${localPort ?? 0} 127.0.0.1`],
      ...['x-forwarded-for', '127.0.0.1', 'x-forwarded-proto', 'http'],
      ...['x-b', '1', 'cookie', 'a=1', 'cookie', 'b=2', 'x-b', '\xe4'],
    ]);
  });

  it('always has an authority', async () => {
    const { gateway, upstream } = await start(ok);
    await open(gateway).send('GET / HTTP/1.0\r\n\r\n').all();
    expect(upstream.streams[0]?.fields.slice(4, 6)).toEqual([':authority', '127.0.0.1:80']);
  });

  it('passes fields that HTTP/2 allows once', async () => {
    const { gateway, upstream } = await start(ok);
    await open(gateway)
      .send(get('/', 'User-Agent: a', 'User-Agent: b', 'Connection: close'))
      .all();
    expect(upstream.streams[0]?.fields.slice(-4)).toEqual(['user-agent', 'a', 'user-agent', 'b']);
  });

  it.each([
    ['H-63 a length', post('abcde', 'Content-Length: 05'), 'abcde', ['content-length', '5']],
    ['no body of POST', post(''), '', []],
    ['H-79 a body of GET', `${get('/', 'Content-Length: 5')}abcde`, 'abcde', ['content-length', '5']],
    ['H-72 chunks', post('2;a=b\r\nab\r\n3\r\ncde\r\n0\r\nX: 1\r\n\r\n', 'Transfer-Encoding: chunked'), 'abcde', []],
    ['trailers wished for', get('/', 'TE: trailers, deflate'), '', ['te', 'trailers']],
  ])('frames %s', async (_, text, body, fields) => {
    const { gateway, upstream } = await start((received, server) => server.readBody(received));
    open(gateway).send(text);
    const received = await upstream.stream();
    await upstream.until(() => received.ended);
    expect(received.body).toBe(body);
    expect(received.fields.slice(14)).toEqual(fields);
  });

  it('a body that comes in pieces', async () => {
    const { gateway, upstream } = await start((received, server) => server.readBody(received));
    const client = open(gateway).send(post('', 'Transfer-Encoding: chunked'));
    const received = await upstream.stream();
    let body = '';
    for (const piece of ['a', 'bc', 'def']) {
      client.send(`${piece.length}\r\n${piece}\r\n`);
      body += piece;
      await upstream.until(() => received.body === body);
    }
    client.send('0\r\n\r\n');
    await upstream.until(() => received.ended);
  });

  it.each([
    ['than the server says it takes', 70_000, { settings: { maxHeaderListSize: 65_536 } }],
    ['than servers take without a word', 140_000, {}],
  ])('a head that is larger %s is answered 431, and no other request suffers', async (_, size, options) => {
    const limits = { maxRequestBytes: 200_000, maxFieldBytes: 200_000 };
    const { gateway, upstream } = await start(() => {}, { limits }, options);
    const other = open(gateway).send(get('/held'));
    const held = await upstream.stream();
    expect(
      await open(gateway)
        .send(get('/', `X: ${'x'.repeat(size)}`))
        .all(),
    ).toMatch(/^HTTP\/1\.1 431 /);
    const fits = open(gateway).send(get('/', `X: ${'x'.repeat(60_000)}`));
    ok(await upstream.stream(1));
    expect(await fits.responses(1)).toEqual(['200']);
    ok(held);
    expect(await other.responses(1)).toEqual(['200']);
    expect(upstream.sessions).toHaveLength(1);
  });

  it('M-71 passes a large body on with back-pressure', async () => {
    const size = 20_000_000;
    const { gateway, upstream } = await start(() => {});
    const client = open(gateway).send(post('', `Content-Length: ${size}`));
    const { stream } = await upstream.stream();
    for (let sent = 0; sent < size; sent += 1_000_000) client.socket.write(Buffer.alloc(1_000_000));
    // The upstream does not read: what has left the client stands still far below the whole.
    expect(await settled(() => gateway.clientBytes)).toBeLessThan(size / 2);
    let bytes = 0;
    stream.on('data', (piece: Buffer) => {
      bytes += piece.length;
    });
    stream.on('end', () => {
      stream.respond({ ':status': bytes === size ? 200 : 400 });
      stream.end();
    });
    expect(await client.responses(1)).toEqual(['200']);
  });
});

describe('the response of an HTTP/2 upstream', () => {
  it.each([
    [
      'M-66 M-67 fields as they are, each cookie in a line of its own',
      { ':status': 200, server: 'X', 'set-cookie': ['a', 'b'], 'content-length': 2, 'x-a': '\xe4' },
      'ok',
      'HTTP/1.1 200 OK\r\nserver: X\r\nset-cookie: a\r\nset-cookie: b\r\ncontent-length: 2\r\nx-a: \xe4\r\n\r\nok',
    ],
    [
      'M-65 an unknown status',
      { ':status': 599, 'content-length': 0 },
      '',
      'HTTP/1.1 599 \r\ncontent-length: 0\r\n\r\n',
    ],
    [
      'a body without a length',
      { ':status': 200 },
      'ok',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
    ['no alternative service', { ':status': 204, 'alt-svc': 'h2=":1"' }, '', 'HTTP/1.1 204 No Content\r\n\r\n'],
    [
      '421',
      { ':status': 421, 'content-length': 0 },
      '',
      'HTTP/1.1 421 Misdirected Request\r\ncontent-length: 0\r\n\r\n',
    ],
  ])('passes %s', async (_, headers, body, expected) => {
    const { gateway } = await start(({ stream }) => {
      stream.respond(headers);
      stream.end(body, 'latin1');
    });
    const client = open(gateway).send(get());
    await client.until(({ received }) => dateless(received) === expected);
    await client.send(get()).responses(2);
  });

  it.each([
    [
      'a redirect without a body',
      'GET',
      { ':status': 302, location: '/' },
      'HTTP/1.1 302 Found\r\nlocation: /\r\nContent-Length: 0\r\n\r\n',
    ],
    [
      '304 with a length',
      'GET',
      { ':status': 304, 'content-length': 5 },
      'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n',
    ],
    [
      'HEAD with a length',
      'HEAD',
      { ':status': 200, 'content-length': 5 },
      'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n',
    ],
    ['HEAD without a length', 'HEAD', { ':status': 200 }, 'HTTP/1.1 200 OK\r\n\r\n'],
  ])('passes %s', async (_, method, headers, expected) => {
    const { gateway } = await start(({ stream }) => stream.respond(headers, { endStream: true }));
    const client = open(gateway).send(get().replace('GET', method));
    await client.until(({ received }) => dateless(received) === expected);
    await client.send(get()).responses(2);
  });

  it('HEAD that ends later, and an HTTP/1.0 client', async () => {
    const { gateway } = await start(ok);
    const client = open(gateway).send(get().replace('GET', 'HEAD'));
    await client.responses(1);
    await client.send(get()).until(({ received }) => received.endsWith('2\r\nok\r\n0\r\n\r\n'));
    expect(dateless(await open(gateway).send('GET / HTTP/1.0\r\n\r\n').all())).toBe(
      'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok',
    );
  });

  it('passes trailers to a client that takes them, and to no other', async () => {
    const { gateway } = await start(({ stream }) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-t': '1', host: 'evil' }));
      stream.end('ok');
    });
    const taking = open(gateway).send(get('/', 'TE: trailers'));
    await taking.until(({ received }) => received.endsWith('2\r\nok\r\n0\r\nx-t: 1\r\n\r\n'));
    const other = open(gateway).send(get());
    await other.until(({ received }) => received.endsWith('2\r\nok\r\n0\r\n\r\n'));
  });

  it('leaves the Server field out when asked to', async () => {
    const { gateway } = await start(
      ({ stream }) => stream.respond({ ':status': 204, server: 'X' }, { endStream: true }),
      { forwardOptions: { removeServerHeader: true } },
    );
    const client = open(gateway).send(get());
    await client.until(({ received }) => dateless(received) === 'HTTP/1.1 204 No Content\r\n\r\n');
  });

  it('M-70 passes every piece on as it comes', async () => {
    const { gateway, upstream } = await start(({ stream }) => stream.respond({ ':status': 200 }));
    const client = open(gateway).send(get());
    await client.responses(1);
    const { stream } = await upstream.stream();
    for (const piece of ['a', 'bc', 'def']) {
      stream.write(piece);
      await client.until(({ received }) => received.endsWith(`${piece.length}\r\n${piece}\r\n`));
    }
  });

  it('swallows interim answers', async () => {
    const { gateway } = await start((received) => {
      received.stream.additionalHeaders({ ':status': 103, link: 'x' });
      ok(received);
    });
    const client = open(gateway).send(get());
    await client.responses(1);
    expect(client.received).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('H-149 passes a large body on whole, with back-pressure, and lets others pass meanwhile', async () => {
    const size = 9_000_000;
    const body = Buffer.alloc(size);
    for (let index = 0; index < size; index += 1_000) body.writeUInt32BE(index, index);
    const { gateway, upstream } = await start((received) => {
      if (upstream.streams.length > 1) return ok(received);
      received.stream.respond({ ':status': 200, 'content-length': size });
      received.stream.end(body);
    });
    const client = open(gateway);
    client.socket.removeAllListeners('data');
    client.socket.pause();
    client.send(get());
    await upstream.stream();
    const written = (): number => upstream.sessions[0]?.socket.bytesWritten ?? 0;
    // The client does not read: most of the body is still with the upstream.
    expect(await settled(written)).toBeLessThan(size / 2);
    expect(await open(gateway).send(get()).responses(1)).toEqual(['200']);
    const pieces: Buffer[] = [];
    let bytes = 0;
    await new Promise<void>((resolve) => {
      client.socket.on('data', (piece: Buffer) => {
        pieces.push(piece);
        bytes += piece.length;
        if (bytes > size) resolve();
      });
      client.socket.resume();
    });
    const all = Buffer.concat(pieces);
    expect(all.subarray(all.indexOf('\r\n\r\n') + 4).equals(body)).toBe(true);
  });

  it('echoes a megabyte', async () => {
    const { gateway } = await start(({ stream }) => {
      stream.respond({ ':status': 200, 'content-length': 1_048_576 });
      stream.pipe(stream);
    });
    const body = Array.from({ length: 1_048_576 }, (_, index) => String.fromCharCode(index % 251)).join('');
    const client = open(gateway).send(post(body, 'Content-Length: 1048576'));
    await client.until(({ received }) => received.length > body.length && received.endsWith(body));
  });
});

describe('misbehaving HTTP/2 upstreams', () => {
  it.each<[string, (received: ReceivedStream) => void]>([
    [
      'H-153 eleven interim responses',
      (received) => {
        for (let count = 0; count < 11; count++) received.stream.additionalHeaders({ ':status': 103, link: 'x' });
        ok(received);
      },
    ],
    ['M-81 H-157 a head over 64 KiB', ({ stream }) => stream.respond({ ':status': 200, a: 'a'.repeat(70_000) })],
    ['a head far over 64 KiB', ({ stream }) => stream.respond({ ':status': 200, a: 'a'.repeat(500_000) })],
    ['a reset', ({ stream }) => stream.close(NGHTTP2_INTERNAL_ERROR)],
    ['a reset without an error', ({ stream }) => stream.close(NGHTTP2_NO_ERROR)],
  ])('%s: 502.3 for this request alone', async (_, misbehave) => {
    const { gateway, upstream } = await start((received) => {
      if (received.fields[7] === '/held') return;
      misbehave(received);
    });
    const other = open(gateway).send(get('/held'));
    const held = await upstream.stream();
    const client = open(gateway).send(get('/', 'Connection: close'));
    expect(await client.all()).toMatch(/^HTTP\/1\.1 502 [^]*502\.3/);
    ok(held);
    expect(await other.responses(1)).toEqual(['200']);
    expect(upstream.sessions).toHaveLength(1);
    expect(gateway.messagesOf('unreachable')).toEqual([]);
  });

  it.each<[string, (received: ReceivedStream, upstream: Http2Upstream) => void, number | undefined]>([
    ['H-86 a body shorter than its length', ({ stream }) => stream.end(), 10],
    ['M-73 a reset within the body', ({ stream }) => stream.destroy(new Error('broken')), undefined],
    ['a reset without an error within the body', ({ stream }) => stream.destroy(), undefined],
    ['M-73 a session that breaks within the body', ({ stream }) => stream.session?.destroy(), undefined],
    [
      'M-73 a connection that breaks within the body',
      (_received, upstream) => upstream.sockets[0]?.destroy(),
      undefined,
    ],
  ])('%s resets the client', async (_, end, length) => {
    const { gateway, upstream } = await start(({ stream }) => {
      stream.respond({ ':status': 200, ...(length === undefined ? {} : { 'content-length': length }) });
      stream.write('abc');
    });
    const client = open(gateway).send(get());
    await client.until(({ received }) => received.includes('abc'));
    end(await upstream.stream(), upstream);
    await client.until(({ closed }) => closed);
    expect(client.received).not.toContain('0\r\n\r\n');
    expect(client.errorCode).toBe('ECONNRESET');
  });

  it('more bytes than the length says reach nobody', async () => {
    const { gateway } = await start(({ stream }) => {
      stream.respond({ ':status': 200, 'content-length': 2 });
      stream.end('ok-evil');
    });
    const client = open(gateway).send(get('/', 'Connection: close'));
    expect(await client.all()).not.toContain('evil');
  });

  it('M-74 silence for longer than requestTimeout gives 502.3, and the application sees a reset', async () => {
    const { gateway, upstream } = await start(() => {}, { forwardOptions: { requestTimeoutMs: 5_000 } });
    const client = open(gateway).send(get('/', 'Connection: close'));
    const received = await upstream.stream();
    gateway.pass(4_500);
    await turns(5);
    expect(client.received).toBe('');
    gateway.pass(1_000);
    expect(await client.all()).toContain('502.3');
    await upstream.until(() => received.closed);
    expect(received.stream.rstCode).toBe(NGHTTP2_CANCEL);
  });

  it('a time-out within the body resets the client', async () => {
    const { gateway } = await start(
      ({ stream }) => {
        stream.respond({ ':status': 200 });
        stream.write('abc');
      },
      { forwardOptions: { requestTimeoutMs: 5_000 } },
    );
    const client = open(gateway).send(get());
    await client.until(({ received }) => received.endsWith('abc\r\n'));
    gateway.pass(5_500);
    await client.until(({ closed }) => closed);
  });
});

describe('clients that leave', () => {
  it.each([
    ['a request without a body', get(), false],
    ['within a body with a length', post('abc', 'Content-Length: 10'), true],
    ['within a chunked body', post('3\r\nabc\r\n', 'Transfer-Encoding: chunked'), true],
  ])('%s: the application sees a reset, and no end of the body', async (_, text, hasBody) => {
    const { gateway, upstream, id } = await start((received, server) => server.readBody(received));
    const client = open(gateway).send(text);
    const received = await upstream.stream();
    if (hasBody) await upstream.until(() => received.body === 'abc');
    client.socket.resetAndDestroy();
    await upstream.until(() => received.closed);
    expect(received.stream.rstCode).toBe(NGHTTP2_CANCEL);
    expect(received.ended).toBe(!hasBody);
    const next = open(gateway).send(get());
    ok(await upstream.stream(1));
    expect(await next.responses(1)).toEqual(['200']);
    expect(upstream.sessions).toHaveLength(1);
    gateway.change({ retire: [id] });
    await gateway.until(() => gateway.messagesOf('drained').length === 1);
  });

  it('while an answer waits for them', async () => {
    const { gateway, upstream } = await start(({ stream }) => {
      stream.respond({ ':status': 200 });
      stream.end(Buffer.alloc(10_000_000));
    });
    const client = open(gateway);
    client.socket.pause();
    client.send(get());
    const received = await upstream.stream();
    await settled(() => upstream.sessions[0]?.socket.bytesWritten ?? 0);
    client.socket.resetAndDestroy();
    await upstream.until(() => received.closed);
    expect(received.stream.rstCode).toBe(NGHTTP2_CANCEL);
  });
});

describe('early answers', () => {
  it('H-150 relays the answer and ends the upload', async () => {
    const { gateway, upstream } = await start(({ stream }) => {
      stream.respond({ ':status': 413, 'content-length': 3 });
      stream.end('big');
    });
    const client = open(gateway).send(post('x'.repeat(2_000), 'Content-Length: 10000000'));
    await client.until(({ received }) => received.endsWith('big'));
    expect(client.received).toMatch(/^HTTP\/1\.1 413 [^]*Connection: close\r\n/);
    const received = await upstream.stream();
    await upstream.until(() => received.closed);
    expect(received.ended).toBe(false);
  });
});

describe('Expect: 100-continue to an HTTP/2 upstream', () => {
  const expecting = post('', 'Expect: 100-continue', 'Content-Length: 3');

  it('H-151 asks the client for the body when the application wants it', async () => {
    const { gateway, upstream } = await start((received, server) => {
      expect(received.fields.slice(-2)).toEqual(['expect', '100-continue']);
      received.stream.additionalHeaders({ ':status': 100 });
      server.readBody(received);
      received.stream.on('end', () => ok(received));
    });
    const client = open(gateway).send(expecting);
    await client.until(({ received }) => received === 'HTTP/1.1 100 Continue\r\n\r\n');
    expect(await client.send('abc').responses(1)).toEqual(['200']);
    expect(upstream.streams[0]?.body).toBe('abc');
  });

  it('H-151 relays a refusal, and reads no body', async () => {
    const { gateway } = await start(({ stream }) => stream.respond({ ':status': 401 }, { endStream: true }));
    expect(await open(gateway).send(expecting).all()).toMatch(/^HTTP\/1\.1 401 [^]*Connection: close\r\n/);
  });

  it('H-151 sends the 100 itself when the application is silent for a second', async () => {
    const { gateway, upstream } = await start((received, server) => server.readBody(received));
    const client = open(gateway).send(expecting);
    const received = await upstream.stream();
    gateway.pass(1_200);
    await client.until(({ received }) => received === 'HTTP/1.1 100 Continue\r\n\r\n');
    client.send('abc');
    await upstream.until(() => received.ended);
    expect(received.body).toBe('abc');
  });
});

describe('refused streams', () => {
  it('are sent again, once', async () => {
    const { gateway, upstream } = await start((received) => {
      if (upstream.streams.length === 1) received.stream.close(NGHTTP2_REFUSED_STREAM);
      else ok(received);
    });
    expect(await open(gateway).send(post('abc', 'Content-Length: 3')).responses(1)).toEqual(['200']);
    expect(upstream.streams).toHaveLength(2);
    expect(gateway.messagesOf('unreachable')).toEqual([]);
  });

  it('give 502.3 the second time', async () => {
    const { gateway, upstream } = await start(({ stream }) => stream.close(NGHTTP2_REFUSED_STREAM));
    expect(await open(gateway).send(get('/', 'Connection: close')).all()).toContain('502.3');
    expect(upstream.streams).toHaveLength(2);
  });

  it('give 502.3 when the body was on its way', async () => {
    const { gateway, upstream } = await start(({ stream }) => {
      stream.once('data', () => stream.close(NGHTTP2_REFUSED_STREAM));
    });
    const client = open(gateway).send(post('3\r\nabc\r\n', 'Transfer-Encoding: chunked', 'Connection: close'));
    expect(await client.all()).toContain('502.3');
    expect(upstream.streams).toHaveLength(1);
  });
});
