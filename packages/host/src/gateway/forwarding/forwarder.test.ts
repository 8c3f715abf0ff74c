import { describe, expect, it } from 'vitest';
import { listenScripted, openClient, startGateway } from '../testing/for-one-test.ts';
import type { GatewaySetup, RunningGateway } from '../testing/running-gateway.ts';
import type { ScriptedUpstream, UpstreamPeer } from '../testing/scripted-upstream.ts';

async function upstream(
  gateway: RunningGateway,
  onData: (peer: UpstreamPeer) => void,
  facts: Parameters<RunningGateway['addUpstream']>[1] = {},
): Promise<ScriptedUpstream & { readonly id: number }> {
  const { scripted, port } = await listenScripted(onData);
  const id = gateway.addUpstream(port, facts);
  return Object.assign(scripted, { id });
}

/** A gateway with one upstream that answers every head with the same bytes, and closes afterwards if asked. */
async function answeredWith(bytes: string, then: 'stay' | 'end' | 'reset' = 'stay', setup: GatewaySetup = {}) {
  const gateway = await startGateway(setup);
  const scripted = await upstream(gateway, (peer) => {
    if (!peer.received.endsWith('\r\n\r\n')) return;
    if (then === 'end') peer.socket.end(bytes, 'latin1');
    else peer.send(bytes);
    if (then === 'reset') peer.socket.resetAndDestroy();
  });
  return { gateway, scripted };
}

const get = (target = '/', ...fields: string[]): string =>
  [`GET ${target} HTTP/1.1`, 'Host: a.test', ...fields, '', ''].join('\r\n');
const post = (body: string, ...fields: string[]): string => get('/', ...fields).replace('GET', 'POST') + body;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
/** A response without its Date, which tells the time of the gateway. */
const dateless = (text: string): string => text.replace(/Date: [^\r]*\r\n/g, '');

async function poll(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('the request that an upstream gets', () => {
  it('M-57 M-61 M-62 adds token and client first, keeps the rest as sent', async () => {
    const { gateway, scripted } = await answeredWith(ok);
    await openClient(gateway)
      .send(
        get(
          '/a/./b?c=%20',
          'x-B: 1',
          'Connection: close',
          'MS-ASPNETCORE-TOKEN: x',
          'X-Forwarded-For: 9.9.9.9',
          'A: 2',
        ),
      )
      .all();
    expect(scripted.received).toBe(
      'GET /a/b?c=%20 HTTP/1.1\r\nMS-ASPNETCORE-TOKEN: secret-token\r\nX-Forwarded-For: 127.0.0.1\r\n' +
        'X-Forwarded-Proto: http\r\nHost: a.test\r\nx-B: 1\r\nA: 2\r\n\r\n',
    );
  });

  it('M-58 gives ASP.NET Core the port as well', async () => {
    const gateway = await startGateway();
    const scripted = await upstream(gateway, (peer) => peer.send(ok), { forwardPort: true });
    const client = openClient(gateway).send(get());
    await client.responses(1);
    const { localPort } = client.socket;
    expect(scripted.received).toContain(`\r\nX-Forwarded-For: 127.0.0.1:${localPort}\r\n`);
  });

  it('M-58 M-60 appends to what a trusted proxy says', async () => {
    const { gateway, scripted } = await answeredWith(ok, 'stay', { limits: { trustedProxies: ['127.0.0.0/8'] } });
    const client = openClient(gateway).send(get('/', 'X-Forwarded-For: 1.1.1.1', 'X-Forwarded-Proto: https'));
    await client.responses(1);
    expect(scripted.received).toContain('X-Forwarded-For: 1.1.1.1, 127.0.0.1\r\nX-Forwarded-Proto: https, http\r\n');
  });

  it('begins with the client facts for a worker', async () => {
    const gateway = await startGateway();
    const scripted = await upstream(gateway, (peer) => peer.send(ok), { kind: 'worker' });
    const client = openClient(gateway).send(get());
    await client.responses(1);
    await client.send(get().replace('1.1', '1.0')).all();
    const facts = [...scripted.received.matchAll(/^GET \/ HTTP\/1\.1\r\nMS-ASPNETCORE-CLIENT: (.*)\r\n/gm)];
    const { localPort } = client.socket;
    expect(facts.map((match) => match[1])).toEqual([
      `secret-token http 1.1 ${localPort} 127.0.0.1`,
      `secret-token http 1.0 ${localPort} 127.0.0.1`,
    ]);
    expect(scripted.received).not.toContain('MS-ASPNETCORE-TOKEN');
  });

  it('always has a Host', async () => {
    const { gateway, scripted } = await answeredWith(ok);
    await openClient(gateway).send('GET / HTTP/1.0\r\n\r\n').all();
    expect(scripted.received).toContain('\r\nHost: 127.0.0.1:80\r\n');
  });

  it.each([
    ['H-63 a length', post('abcde', 'Content-Length: 05'), 'Content-Length: 5\r\n\r\nabcde'],
    ['no body of POST', post(''), 'Content-Length: 0\r\n\r\n'],
    ['H-79 a body of GET', `${get('/', 'Content-Length: 5')}abcde`, 'Content-Length: 5\r\n\r\nabcde'],
    [
      'H-72 H-75 H-76 chunks, in canonical framing, without trailers',
      post('0005;a=b\r\nabcde\r\n0\r\nX: 1\r\n\r\n', 'Transfer-Encoding: CHUNKED'),
      'Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n',
    ],
    ['trailers wished for', get('/', 'TE: trailers, deflate'), 'TE: trailers\r\n\r\n'],
  ])('frames %s', async (_, text, ending) => {
    const { gateway, scripted } = await answeredWith(ok);
    const client = openClient(gateway).send(text);
    const peer = await scripted.peer();
    await peer.until(({ received }) => received.endsWith(ending));
    client.destroy();
  });

  it('M-71 passes a large body on with back-pressure', async () => {
    const gateway = await startGateway();
    const size = 20_000_000;
    let bytes = 0;
    const scripted = await upstream(gateway, () => {});
    const client = openClient(gateway).send(post('', `Content-Length: ${size}`));
    const peer = await scripted.peer();
    peer.socket.removeAllListeners('data');
    peer.socket.pause();
    for (let sent = 0; sent < size; sent += 1_000_000) client.socket.write(Buffer.alloc(1_000_000));
    // The upstream does not read: what has left the client stands still far below the whole.
    let before = -1;
    while (before !== gateway.clientBytes) {
      before = gateway.clientBytes;
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(before).toBeLessThan(size / 2);
    peer.socket.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes >= size) peer.send(ok);
    });
    peer.socket.resume();
    expect(await client.responses(1)).toEqual(['200']);
  });
});

describe('the response that a client gets', () => {
  it.each([
    [
      'M-66 M-67 fields as they are',
      'HTTP/1.1 200 OK\r\nserver: X\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok',
    ],
    ['M-65 an unknown status', 'HTTP/1.1 999 Own\r\nContent-Length: 0\r\n\r\n'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
    ['304 with a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n'],
  ])('passes %s', async (_, response) => {
    const { gateway } = await answeredWith(response);
    const client = openClient(gateway).send(get());
    await client.until(({ received }) => dateless(received) === response);
    expect(client.received).toMatch(/Date: /);
    await client.send(get()).responses(2);
  });

  it('M-68 keeps the client connection when the upstream closes its own', async () => {
    const { gateway, scripted } = await answeredWith(
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
      'end',
    );
    const client = openClient(gateway).send(get());
    await client.responses(1);
    expect(client.received).not.toContain('Connection');
    expect(await client.send(get()).responses(2)).toEqual(['200', '200']);
    expect(scripted.peers).toHaveLength(2);
  });

  it('M-68 lets the upstream decide with forwardResponseConnectionHeader', async () => {
    const { gateway } = await answeredWith(
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
      'end',
      {
        forwardOptions: { forwardResponseConnectionHeader: true },
      },
    );
    expect(await openClient(gateway).send(get()).all()).toContain('Connection: close\r\n');
  });

  it('frames a body that ends with the connection', async () => {
    const { gateway } = await answeredWith('HTTP/1.0 200 OK\r\n\r\nabc', 'end');
    const client = openClient(gateway).send(get());
    await client.until(({ received }) => received.endsWith('0\r\n\r\n'));
    expect(dateless(client.received)).toBe(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    );
    expect(dateless(await openClient(gateway).send('GET / HTTP/1.0\r\n\r\n').all())).toBe(
      'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc',
    );
  });

  it('takes chunk framing away for a client of 1.0', async () => {
    const { gateway } = await answeredWith(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nok\r\n0\r\nT: 1\r\n\r\n',
    );
    const received = await openClient(gateway).send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n').all();
    expect(dateless(received)).toBe('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok');
  });

  it('passes trailers to a client that takes them, and to no other', async () => {
    const chunks = 'Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\nHost: evil\r\n\r\n';
    const { gateway } = await answeredWith(`HTTP/1.1 200 OK\r\n${chunks}`);
    const taking = openClient(gateway).send(get('/', 'TE: trailers'));
    await taking.until(({ received }) => received.endsWith('0\r\nX-T: 1\r\n\r\n'));
    const other = openClient(gateway).send(get());
    await other.until(({ received }) => received.endsWith('2\r\nok\r\n0\r\n\r\n'));
  });

  it('M-70 passes every piece on as it comes', async () => {
    const gateway = await startGateway();
    const scripted = await upstream(gateway, (peer) =>
      peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
    );
    const client = openClient(gateway).send(get());
    await client.responses(1);
    const peer = await scripted.peer();
    for (const piece of ['1\r\na\r\n', '2\r\nb', 'c\r\n', '0\r\n\r\n']) {
      const { length } = client.received;
      peer.send(piece);
      await client.until(({ received }) => received.length >= length + piece.length);
    }
    expect(client.received.endsWith('1\r\na\r\n2\r\nbc\r\n0\r\n\r\n')).toBe(true);
  });

  it('H-149 passes a large body on whole, with back-pressure', async () => {
    const size = 30_000_000;
    const body = Buffer.alloc(size);
    for (let index = 0; index < size; index += 1_000) body.writeUInt32BE(index, index);
    const gateway = await startGateway();
    const scripted = await upstream(gateway, (peer) => {
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
      peer.socket.write(body);
    });
    const client = openClient(gateway);
    client.socket.removeAllListeners('data');
    client.socket.pause();
    client.send(get());
    const peer = await scripted.peer();
    await poll(() => peer.socket.bytesWritten > size);
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    // The client does not read: most of the body is still with the upstream.
    expect(peer.socket.writableLength).toBeGreaterThan(size / 2);
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
});

describe('misbehaving upstreams', () => {
  it.each([
    ['H-83 length and coding', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok'],
    ['H-83 two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok'],
    ['H-83 bare LF', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok'],
    ['H-83 folding', 'HTTP/1.1 200 OK\r\nA: 1\r\n 2\r\n\r\n'],
    ['H-83 NUL', 'HTTP/1.1 200 OK\r\nA: \0\r\n\r\n'],
    ['H-83 status 99', 'HTTP/1.1 99 OK\r\n\r\n'],
    ['H-83 status 1000', 'HTTP/1.1 1000 OK\r\n\r\n'],
    ['H-85 unsolicited 101', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['H-153 eleven interim responses', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(11) + ok],
    ['M-81 H-157 a head over 64 KiB', `HTTP/1.1 200 OK\r\nA: ${'a'.repeat(70_000)}\r\n\r\n`],
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['broken chunks with the head', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2x\r\nok'],
    ['LF in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\r\n0\r\n\r\n'],
  ])('%s gives 502.3 and closes the connection to it', async (_, response) => {
    const { gateway, scripted } = await answeredWith(response);
    const client = openClient(gateway).send(get('/', 'Connection: close'));
    expect(await client.all()).toMatch(/^HTTP\/1\.1 502 [^]*502\.3/);
    await (await scripted.peer()).until(({ closed }) => closed);
  });

  it.each([
    ['M-72 closes before the head', '', 'end' as const],
    ['closes within the head', 'HTTP/1.1 200 OK\r\nA:', 'end' as const],
    ['M-72 resets before the head', '', 'reset' as const],
  ])('%s: 502.3', async (_, response, then) => {
    const { gateway } = await answeredWith(response, then);
    expect(await openClient(gateway).send(get('/', 'Connection: close')).all()).toContain('502.3');
  });

  it.each([
    ['H-86 a short body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', 'end' as const],
    ['M-73 a reset within the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', 'reset' as const],
    [
      'H-86 chunks without their end',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n',
      'end' as const,
    ],
  ])('%s resets the client', async (_, response, then) => {
    const { gateway } = await answeredWith(response, then);
    const client = openClient(gateway).send(get());
    await client.until(({ closed }) => closed);
    expect(client.received).not.toContain('0\r\n\r\n');
    expect(client.errorCode === 'ECONNRESET' || client.received === '').toBe(true);
  });

  it('a reset within a body that ends with the connection resets the client', async () => {
    const gateway = await startGateway();
    const scripted = await upstream(gateway, (peer) => peer.send('HTTP/1.1 200 OK\r\n\r\nabc'));
    const client = openClient(gateway).send(get());
    await client.until(({ received }) => received.endsWith('abc\r\n'));
    (await scripted.peer()).socket.resetAndDestroy();
    await client.until(({ closed }) => closed);
    expect(client.received).not.toContain('0\r\n\r\n');
  });

  it('breaks in later chunks reset the client', async () => {
    const gateway = await startGateway();
    const scripted = await upstream(gateway, (peer) =>
      peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n'),
    );
    const client = openClient(gateway).send(get());
    await client.until(({ received }) => received.endsWith('ok\r\n'));
    (await scripted.peer()).send('+5\r\nabcde\r\n');
    await client.until(({ closed }) => closed);
    expect(client.errorCode).toBe('ECONNRESET');
  });

  it.each([
    ['H-84 bytes after the length', `${ok}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`, 'GET'],
    [
      'H-84 bytes after the chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nevil',
      'GET',
    ],
    ['H-80 a body after HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil', 'HEAD'],
    ['H-81 a body after 204', 'HTTP/1.1 204 No Content\r\n\r\nevil', 'GET'],
    ['H-81 a body after 304', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\nevil', 'GET'],
  ])('%s reach nobody, and the next request takes a new connection', async (_, response, method) => {
    const { gateway, scripted } = await answeredWith(response);
    const client = openClient(gateway).send(get().replace('GET', method));
    await client.responses(1);
    await client.send(get().replace('GET', method)).responses(2);
    expect(client.received).not.toContain('evil');
    expect(scripted.peers).toHaveLength(2);
  });

  it('bytes on an idle connection close it', async () => {
    const { gateway, scripted } = await answeredWith(ok);
    const client = openClient(gateway).send(get());
    await client.responses(1);
    const peer = await scripted.peer();
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil');
    await peer.until(({ closed }) => closed);
    await client.send(get()).responses(2);
    expect(client.received).not.toContain('evil');
  });

  it('interim responses are swallowed', async () => {
    const { gateway } = await answeredWith(
      `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${ok}`,
    );
    const client = openClient(gateway).send(get());
    await client.responses(1);
    expect(client.received).toMatch(/^HTTP\/1\.1 200/);
  });

  it('M-74 H-157 silence for longer than requestTimeout gives 502.3; a byte in time prolongs it', async () => {
    const gateway = await startGateway({ forwardOptions: { requestTimeoutMs: 5_000 } });
    const scripted = await upstream(gateway, () => {});
    const silent = openClient(gateway).send(get('/', 'Connection: close'));
    await (await scripted.peer()).until(({ requests }) => requests === 1);
    gateway.pass(4_500);
    expect(silent.received).toBe('');
    gateway.pass(1_000);
    expect(await silent.all()).toContain('502.3');

    const dripping = openClient(gateway).send(get());
    const peer = await scripted.peer(1);
    await peer.until(({ requests }) => requests === 1);
    for (const piece of ['HTTP/1.1 200 OK\r\nCont', 'ent-Length: 2\r\n\r\n', 'o', 'k']) {
      gateway.pass(4_000);
      const { bytesWritten } = peer.socket;
      peer.send(piece);
      await poll(() => peer.socket.bytesWritten > bytesWritten);
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    await dripping.until(({ received }) => received.endsWith('ok'));
  });

  it('a time-out within the body resets the client', async () => {
    const gateway = await startGateway({ forwardOptions: { requestTimeoutMs: 5_000 } });
    await upstream(gateway, (peer) => peer.send('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'));
    const client = openClient(gateway).send(get());
    await client.until(({ received }) => received.endsWith('abc'));
    gateway.pass(5_500);
    await client.until(({ closed }) => closed);
  });
});

describe('connections to an upstream', () => {
  it('are used again, the last one first, never for two requests at once', async () => {
    const gateway = await startGateway();
    const scripted = await upstream(gateway, () => {});
    const [first, second] = [openClient(gateway).send(get('/1')), openClient(gateway).send(get('/2'))];
    const [one, two] = [await scripted.peer(0), await scripted.peer(1)];
    await one.until(({ requests }) => requests === 1);
    await two.until(({ requests }) => requests === 1);
    one.send(ok);
    await poll(() => first.statuses.length + second.statuses.length === 1);
    two.send(ok);
    await poll(() => first.statuses.length + second.statuses.length === 2);
    first.send(get('/3'));
    await two.until(({ requests }) => requests === 2);
    expect(one.requests).toBe(1);
    expect(scripted.peers).toHaveLength(2);
  });

  it('H-147 end before the application closes them: after its Keep-Alive less a second, or 4 s', async () => {
    for (const [field, limitMs] of [
      ['', 4_000],
      ['Keep-Alive: timeout=8\r\n', 7_000],
    ] as const) {
      const { gateway, scripted } = await answeredWith(`HTTP/1.1 200 OK\r\n${field}Content-Length: 2\r\n\r\nok`);
      const client = openClient(gateway).send(get());
      await client.responses(1);
      gateway.pass(limitMs - 500);
      await client.send(get()).responses(2);
      expect(scripted.peers).toHaveLength(1);
      gateway.pass(limitMs + 100);
      await client.send(get()).responses(3);
      expect(scripted.peers).toHaveLength(2);
    }
  });

  it('to a worker never expire', async () => {
    const gateway = await startGateway({ site: { connectionTimeoutMs: 10_000_000 } });
    const scripted = await upstream(
      gateway,
      (peer) => peer.send(`HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\n${ok.slice(17)}`),
      { kind: 'worker' },
    );
    const client = openClient(gateway).send(get());
    await client.responses(1);
    gateway.pass(600_000);
    await client.send(get()).responses(2);
    expect(scripted.peers).toHaveLength(1);
  });
});

describe('retries', () => {
  /** Answers the first request of each connection, and treats the second one as `second` says. */
  async function racing(kind: 'app' | 'worker', second: (peer: UpstreamPeer) => void) {
    const gateway = await startGateway();
    const scripted = await upstream(
      gateway,
      (peer) => {
        if (peer.requests === 1) peer.send(ok);
        else second(peer);
      },
      { kind },
    );
    const client = openClient(gateway).send(get());
    await client.responses(1);
    return { gateway, scripted, client };
  }
  const reset = (peer: UpstreamPeer): void => void peer.socket.resetAndDestroy();

  it('H-147 sends a GET once more when the application closed just when it was used', async () => {
    const { scripted, client } = await racing('app', reset);
    expect(await client.send(get('/again')).responses(2)).toEqual(['200', '200']);
    expect(scripted.peers).toHaveLength(2);
    expect(scripted.peers[1]?.received).toContain('GET /again');
  });

  it.each([
    ['H-147 a POST', 'app' as const, post('abc', 'Content-Length: 3')],
    ['a GET with a body', 'app' as const, `${get('/', 'Content-Length: 1')}x`],
    ['a GET to a worker, whose end is a crash', 'worker' as const, get()],
  ])('never sends %s again', async (_, kind, text) => {
    const { scripted, client } = await racing(kind, reset);
    expect(await client.send(text).responses(2)).toEqual(['200', '502']);
    expect(scripted.peers).toHaveLength(1);
  });

  it('does not send a request again when a byte of its answer came', async () => {
    const { scripted, client } = await racing('app', (peer) => peer.socket.end('HTTP/1.1 2'));
    expect(await client.send(get()).responses(2)).toEqual(['200', '502']);
    expect(scripted.peers).toHaveLength(1);
  });

  it('gives up after one retry', async () => {
    const gateway = await startGateway();
    let connections = 0;
    const scripted = await upstream(gateway, (peer) => {
      if (peer.requests === 1 && connections++ === 0) peer.send(ok);
      else peer.socket.resetAndDestroy();
    });
    const client = openClient(gateway).send(get());
    await client.responses(1);
    expect(await client.send(get()).responses(2)).toEqual(['200', '502']);
    expect(scripted.peers).toHaveLength(2);
  });

  it('does not send the request of a process that is gone again', async () => {
    const { gateway, scripted, client } = await racing('app', () => {});
    client.send(get());
    const peer = await scripted.peer();
    await peer.until(({ requests }) => requests === 2);
    gateway.change({ remove: [scripted.id] });
    peer.socket.resetAndDestroy();
    expect(await client.responses(2)).toEqual(['200', '502']);
    expect(scripted.peers).toHaveLength(1);
  });
});

describe('Expect: 100-continue', () => {
  const expecting = (): string => post('', 'Content-Length: 3', 'Expect: 100-continue');

  it('H-151 relays the 100 of the application', async () => {
    const gateway = await startGateway();
    const scripted = await upstream(gateway, (peer) => {
      if (peer.received.endsWith('abc')) peer.send(ok);
    });
    const client = openClient(gateway).send(expecting());
    const peer = await scripted.peer();
    await peer.until(({ received }) => received.includes('Expect: 100-continue\r\n'));
    expect(client.received).toBe('');
    peer.send('HTTP/1.1 100 Continue\r\n\r\n');
    await client.until(({ received }) => received === 'HTTP/1.1 100 Continue\r\n\r\n');
    expect(await client.send('abc').responses(1)).toEqual(['200']);
  });

  it('H-151 relays a refusal, sends no 100 and closes', async () => {
    const { gateway } = await answeredWith('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
    const received = await openClient(gateway).send(expecting()).all();
    expect(received).toMatch(/^HTTP\/1\.1 401 [^]*Connection: close\r\n/);
  });

  it('H-151 sends the 100 itself when the application is silent for a second', async () => {
    const gateway = await startGateway();
    const scripted = await upstream(gateway, () => {});
    const client = openClient(gateway).send(expecting());
    await (await scripted.peer()).until(({ requests }) => requests === 1);
    gateway.pass(1_200);
    await client.until(({ received }) => received === 'HTTP/1.1 100 Continue\r\n\r\n');
    client.send('abc');
    await (await scripted.peer()).until(({ received }) => received.endsWith('abc'));
  });

  it('P-27 sends nothing while the request waits in the queue', async () => {
    const gateway = await startGateway();
    const client = openClient(gateway).send(expecting());
    await gateway.until(() => gateway.messagesOf('demand').length === 1);
    gateway.pass(2_000);
    expect(client.received).toBe('');
  });
});

describe('early answers', () => {
  it('H-150 relays the answer, ends the upload and does not use the connection again', async () => {
    const gateway = await startGateway();
    const scripted = await upstream(gateway, (peer) => {
      if (peer.received.length > 1_000 && peer.received.length < 100_000) {
        peer.socket.end('HTTP/1.1 413 Payload Too Large\r\nContent-Length: 3\r\n\r\nbig');
      }
    });
    const client = openClient(gateway).send(post('x'.repeat(2_000), 'Content-Length: 10000000'));
    await client.until(({ received }) => received.endsWith('big'));
    expect(client.received).toMatch(/^HTTP\/1\.1 413 [^]*Connection: close\r\n/);
    await (await scripted.peer()).until(({ closed }) => closed);
  });

  it('reads the rest of a small body and keeps the connection', async () => {
    const gateway = await startGateway();
    await upstream(gateway, (peer) => peer.send(ok));
    const client = openClient(gateway).send(post('x', 'Content-Length: 1000'));
    await client.responses(1);
    expect(await client.send('x'.repeat(999) + get()).responses(2)).toEqual(['200', '200']);
  });
});

describe('smuggling', () => {
  const poison = 'GET /poison HTTP/1.1\r\nHost: a.test\r\n\r\n';
  const framings = [
    ['Content-Length: 5', 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
    ['Transfer-Encoding: xchunked'],
    ['Transfer-Encoding: chunked, chunked'],
    ['Transfer-Encoding : chunked'],
    ['Transfer-Encoding:\x0bchunked'],
    ['Content-Length: 5', 'Content-Length: 6'],
    ['Content-Length: +5'],
    ['Content-Length: 5 5'],
    ['Content-Length : 5'],
    ['Transfer-Encoding: chunked\n'],
    ['X: 1\rTransfer-Encoding: chunked'],
    ['X: 1\r\n Transfer-Encoding: chunked'],
    ['Connection: Content-Length', 'Content-Length: 5'],
  ];
  const bodies = [
    '0\r\n\r\n',
    '5\r\nabcde\r\n0\r\n\r\n',
    'abcde',
    '0x5\r\nabcde\r\n0\r\n\r\n',
    '5\nabcde\r\n0\r\n\r\n',
  ];

  it.each(framings.map((fields) => [fields.join(' + '), fields] as const))(
    'H-57 to H-75 %j leads no suffix to the upstream',
    async (_, fields) => {
      const { gateway, scripted } = await answeredWith(ok);
      for (const body of bodies) {
        const client = openClient(gateway).send(post(body + poison, ...fields));
        await client.all();
        expect(client.statuses).toHaveLength(1);
      }
      expect(scripted.received).not.toContain('poison');
    },
  );

  it.each(['0x5\r\nabcde', '5 \r\nabcde', '5\nabcde', '5\r\nabcdefgh', '5;\n\r\nabcde', '-1\r\n'])(
    'H-71 H-73 H-74 broken chunks %j reach no upstream when they come with the head',
    async (chunks) => {
      const { gateway, scripted } = await answeredWith(ok);
      const text = post(`${chunks}\r\n0\r\n\r\n${poison}`, 'Transfer-Encoding: chunked');
      expect(await openClient(gateway).send(text).all()).toMatch(/^HTTP\/1\.1 400 /);
      expect(scripted.peers).toHaveLength(0);
    },
  );
});
