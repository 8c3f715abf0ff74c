import { describe, expect, it } from 'vitest';
import { listenScripted, openClient, startGateway } from '../testing/for-one-test.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import type { GatewaySetup, RunningGateway } from '../testing/running-gateway.ts';
import type { ScriptedUpstream, UpstreamPeer } from '../testing/scripted-upstream.ts';

async function upstream(gateway: RunningGateway, onData: (peer: UpstreamPeer) => void): Promise<ScriptedUpstream> {
  const { scripted, port } = await listenScripted(onData);
  gateway.addUpstream(port);
  return scripted;
}

/** Answers every request with its target. */
const answering = {
  handle: (exchange: Exchange) => {
    exchange.send({ status: 200, body: exchange.request.target });
    return 'done' as const;
  },
};
const request = (target: string, ...fields: string[]): string =>
  [`GET ${target} HTTP/1.1`, 'Host: a.test', ...fields, '', ''].join('\r\n');
const post = (target: string, body: string, ...fields: string[]): string =>
  request(target, ...fields).replace('GET', 'POST') + body;

describe('requests one after the other', () => {
  it('keeps the connection for 1.1 and says nothing about it', async () => {
    const client = openClient(await startGateway(answering)).send(request('/1'));
    await client.until(({ received }) => received.endsWith('/1'));
    expect(client.received).not.toContain('Connection:');
    await client.send(request('/2')).until(({ received }) => received.endsWith('/2'));
  });

  it('closes for 1.0, and keeps it open when that client asks', async () => {
    const gateway = await startGateway(answering);
    expect(await openClient(gateway).send('GET /1 HTTP/1.0\r\n\r\n').all()).toContain('Connection: close\r\n');
    const client = openClient(gateway).send('GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    await client.until(({ received }) => received.endsWith('/1'));
    expect(client.received).toContain('Connection: keep-alive\r\n');
    await client.send('GET /2 HTTP/1.0\r\n\r\n').all();
    expect(client.statuses).toEqual(['200', '200']);
  });

  it('H-39 ignores empty lines before a request', async () => {
    const client = openClient(await startGateway(answering)).send(`\r\n\r\n${request('/1')}\r\n${request('/2')}`);
    expect(await client.responses(2)).toEqual(['200', '200']);
  });

  it('H-82 answers 50 pipelined requests in order, and 1,000 with bounded memory', async () => {
    const gateway = await startGateway(answering);
    for (const count of [50, 1_000]) {
      const client = openClient(gateway);
      const targets = Array.from({ length: count }, (_, index) => `/${index}`);
      client.send(targets.map((target) => request(target)).join(''));
      await client.responses(count);
      const bodies = [...client.received.matchAll(/\r\n\r\n(\/\d+)/g)].map((match) => match[1]);
      await client.until(({ received }) => received.endsWith(`/${count - 1}`));
      expect(bodies.slice(0, count - 1)).toEqual(targets.slice(0, count - 1));
    }
  });

  it('holds no more answers than one for a client that pipelines and does not read', async () => {
    const body = 'x'.repeat(100_000);
    let asked = 0;
    const gateway = await startGateway({
      handle: (exchange) => {
        asked++;
        exchange.send({ status: 200, body });
        return 'done' as const;
      },
    });
    const client = openClient(gateway);
    client.socket.removeAllListeners('data').pause();
    client.send(request('/').repeat(499) + request('/', 'Connection: close'));
    let before = -1;
    while (asked === 0 || before !== asked) {
      before = asked;
      for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    // The kernel has taken the first ones.
    expect(asked).toBeLessThan(250);
    expect(gateway.clients[0]?.writableLength).toBeLessThan(250_000);
    client.socket.resume();
    await client.until(({ ended }) => ended);
    expect(asked).toBe(500);
    expect(client.socket.bytesRead).toBeGreaterThan(500 * body.length);
  });

  it('answers pipelined requests that wait for an upstream one by one', async () => {
    const gateway = await startGateway();
    const scripted = await upstream(gateway, (peer) => {
      const target = /GET (\S+) HTTP\/1\.1\r\n(?!.*GET)/s.exec(peer.received)?.[1] ?? '';
      setImmediate(() => peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`));
    });
    const client = openClient(gateway).send(request('/1') + request('/2') + request('/3'));
    await client.until(({ received }) => received.endsWith('/3'));
    expect(client.received.match(/\r\n\r\n(\/\d)/g)).toEqual(['\r\n\r\n/1', '\r\n\r\n/2', '\r\n\r\n/3']);
    expect(scripted.peers).toHaveLength(1);
  });

  it('answers HEAD without a body', async () => {
    const client = openClient(await startGateway(answering)).send(
      request('/abc', 'Connection: close').replace('GET', 'HEAD'),
    );
    const received = await client.all();
    expect(received).toContain('Content-Length: 4\r\n');
    expect(received.endsWith('\r\n\r\n')).toBe(true);
  });

  it('H-32 answers OPTIONS * itself', async () => {
    const received = await openClient(await startGateway(answering))
      .send(request('*', 'Connection: close').replace('GET', 'OPTIONS'))
      .all();
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\nAllow: .*GET/);
  });

  it('H-34 H-33 refuses TRACE and CONNECT without an echo', async () => {
    const gateway = await startGateway(answering);
    for (const line of ['TRACE / HTTP/1.1', 'CONNECT a.test:443 HTTP/1.1']) {
      const received = await openClient(gateway).send(`${line}\r\nHost: a.test\r\nX-Secret: 1\r\n\r\n`).all();
      expect(received).toContain('HTTP/1.1 405 Method Not Allowed\r\n');
      expect(received).toContain('Allow: ');
      expect(received).not.toContain('X-Secret');
    }
  });
});

describe('errors of the message layer', () => {
  it('says little, closes, and gives no product away', async () => {
    const received = await openClient(await startGateway(answering))
      .send('GET / HTTP/1.1\r\n\r\n')
      .all();
    expect(received).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(received).toContain('Connection: close\r\n');
    expect(received).toContain('<h1>Bad Request - Invalid Hostname</h1>');
    expect(received).not.toMatch(/server:/i);
  });

  it('H-56 answers what came before garbage, then the garbage, then closes', async () => {
    const client = openClient(await startGateway(answering)).send(
      post('/1', 'abcde\x01\x02garbage', 'Content-Length: 5'),
    );
    await client.all();
    expect(client.statuses).toEqual(['200', '400']);
    expect(client.received).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  it('H-52 tells a long target from long fields', async () => {
    const gateway = await startGateway(answering);
    const long = 'a'.repeat(20_000);
    expect(await openClient(gateway).send(`GET /${long}`).all()).toMatch(/^HTTP\/1\.1 414 /);
    expect(await openClient(gateway).send(`GET / HTTP/1.1\r\nHost: a\r\nA: ${long}`).all()).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('parses a head that arrives byte by byte', async () => {
    const client = openClient(await startGateway(answering));
    for (const byte of `\r\n${request('/1')}`) {
      client.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.until(({ received }) => received.endsWith('/1'));
  });

  it('H-38 answers HTTP/0.9 at once', async () => {
    expect(
      await openClient(await startGateway(answering))
        .send('GET /\r\n')
        .all(),
    ).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('timers', () => {
  it('closes a connection that never speaks, without a word', async () => {
    const gateway = await startGateway(answering);
    const client = openClient(gateway);
    await poll(() => gateway.clients.length === 1);
    gateway.pass(15_500);
    expect(await client.all()).toBe('');
  });

  it('H-146 answers 408 to a head that takes too long, however steadily it drips', async () => {
    const gateway = await startGateway(answering);
    const client = openClient(gateway).send('GET / HTTP/1.1\r\n');
    await poll(() => gateway.clientBytes === 16);
    gateway.pass(14_000);
    client.send('Host: a.test\r\n');
    await poll(() => gateway.clientBytes === 30);
    gateway.pass(1_500);
    expect(await client.all()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('closes an idle connection after the time of its site', async () => {
    const gateway = await startGateway({ ...answering, site: { connectionTimeoutMs: 5_000 } });
    const client = openClient(gateway);
    for (const target of ['/1', '/2', '/3']) {
      await client.send(request(target)).until(({ received }) => received.endsWith(target));
      gateway.pass(4_000);
    }
    gateway.pass(1_500);
    await client.all();
    expect(client.statuses).toHaveLength(3);
  });

  it('H-146 answers 408 when a body stops coming, and breaks the upload off', async () => {
    const gateway = await startGateway({ site: { connectionTimeoutMs: 5_000 } });
    const scripted = await upstream(gateway, () => {});
    const client = openClient(gateway).send(post('/up', 'abc', 'Content-Length: 100000'));
    const peer = await scripted.peer();
    await peer.until(({ received }) => received.endsWith('abc'));
    gateway.pass(5_500);
    expect(await client.all()).toMatch(/^HTTP\/1\.1 408 /);
    await peer.until(({ closed }) => closed);
  });

  it('H-146 answers 408 to a body slower than 240 bytes a second on average', async () => {
    const gateway = await startGateway();
    const scripted = await upstream(gateway, () => {});
    const client = openClient(gateway).send(post('/up', '', 'Content-Length: 100000'));
    const peer = await scripted.peer();
    await poll(() => gateway.clientBytes > 0);
    let sent = gateway.clientBytes;
    for (let second = 0; second < 15 && !client.ended; second++) {
      client.send('x'.repeat(100));
      sent += 100;
      await poll(() => gateway.clientBytes === sent || client.ended);
      gateway.pass(1_000);
    }
    expect(await client.all()).toMatch(/^HTTP\/1\.1 408 /);
    await peer.until(({ closed }) => closed);
  });

  it('H-146 resets a client that does not take its answer', async () => {
    const gateway = await startGateway({
      limits: { minBytesPerSecond: 1_000_000 },
      handle: (exchange) => {
        exchange.send({ status: 200, body: new Uint8Array(20_000_000) });
        return 'done' as const;
      },
    });
    const client = openClient(gateway);
    client.socket.pause();
    client.send(request('/'));
    await poll(() => gateway.clientBytes > 0);
    gateway.pass(25_000);
    client.socket.resume();
    await client.until(({ closed }) => closed);
    expect(client.received.length).toBeLessThan(20_000_000);
  });
});

describe('the end of a connection', () => {
  it('reads on for a moment after an error, so that the answer arrives', async () => {
    const gateway = await startGateway(answering);
    const client = openClient(gateway).send(`BAD\0${'x'.repeat(60_000)}`);
    expect(await client.all()).toMatch(/^HTTP\/1\.1 400 /);
    expect(client.errorCode).toBe('');
  });

  it('H-64 row: drops the socket when more than 64 KiB follow, or after two seconds', async () => {
    const gateway = await startGateway(answering);
    const flooding = openClient(gateway).send(`BAD\0${'x'.repeat(5_000_000)}`);
    await flooding.until(({ closed }) => closed);
    const silent = openClient(gateway).send('BAD\0');
    await silent.all();
    expect(silent.closed).toBe(false);
    gateway.pass(2_500);
    await silent.until(({ socket }) => socket.destroyed || socket.readableEnded);
  });

  it('answers a client that has half-closed, then closes', async () => {
    const gateway = await startGateway(answering);
    const client = openClient(gateway);
    client.socket.end(request('/1') + request('/2'));
    await client.all();
    expect(client.statuses).toEqual(['200', '200']);
    expect(client.received.endsWith('/2')).toBe(true);
  });

  it('answers a half-closed client whose answer takes long, after an interim one', async () => {
    const gateway = await startGateway();
    const scripted = await upstream(gateway, () => {});
    const client = openClient(gateway);
    client.socket.end(request('/1'));
    const peer = await scripted.peer();
    await peer.until(({ requests }) => requests === 1);
    await poll(() => gateway.clients[0]?.readableEnded === true);
    gateway.pass(1_000);
    await client.until(({ received }) => received === 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(2));
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await client.all();
    expect(client.statuses).toEqual(['200']);
  });

  it('M-75 H-155 breaks the upstream off when a client has closed', async () => {
    const gateway = await startGateway();
    const scripted = await upstream(gateway, () => {});
    const client = openClient(gateway).send(request('/1'));
    const peer = await scripted.peer();
    await peer.until(({ requests }) => requests === 1);
    client.destroy();
    const began = gateway.now;
    await poll(() => gateway.clients[0]?.readableEnded === true);
    // The first interim answer provokes the reset that the second one finds.
    while (!peer.closed) {
      gateway.pass(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(gateway.now - began).toBeLessThan(1_000);
  });

  it('H-78 H-77 never completes a body that the client broke off', async () => {
    const gateway = await startGateway();
    const scripted = await upstream(gateway, () => {});
    const sized = openClient(gateway);
    sized.socket.end(post('/1', 'abc', 'Content-Length: 10'));
    expect(await sized.all()).toMatch(/^HTTP\/1\.1 400 /);
    const chunked = openClient(gateway).send(post('/2', '3\r\nabc\r\n', 'Transfer-Encoding: chunked'));
    const peer = await scripted.peer(1);
    await peer.until(({ received }) => received.endsWith('abc\r\n'));
    chunked.socket.end();
    expect(await chunked.all()).toMatch(/^HTTP\/1\.1 400 /);
    await peer.until(({ closed }) => closed);
    expect(scripted.received).not.toContain('0\r\n\r\n');
  });

  it('answers 503 ConnLimit to one connection too many of a site, and lets the others be', async () => {
    const gateway = await startGateway({ ...answering, site: { maxConnections: 2 } });
    const first = openClient(gateway).send(request('/1'));
    const second = openClient(gateway).send(request('/2'));
    await first.responses(1);
    await second.responses(1);
    expect(await openClient(gateway).send(request('/3')).all()).toMatch(/^HTTP\/1\.1 503 /);
    await first.send(request('/4')).responses(2);
    second.destroy();
    await second.until(({ closed }) => closed);
    await poll(() => gateway.clients[1]?.destroyed === true);
    expect(await openClient(gateway).send(request('/5')).responses(1)).toEqual(['200']);
  });
});

describe('what one gateway holds of unfinished requests', () => {
  it('is bounded for bodies: a new one gets 503, a request without one is served', async () => {
    const gateway = await startGateway(answering);
    const before = openClient(gateway).send(post('/1', 'abc', 'Content-Length: 10'));
    await before.responses(1);
    gateway.gateway.bodies.change(256 * 1024 * 1024);
    expect(
      await openClient(gateway)
        .send(post('/2', 'abc', 'Content-Length: 3'))
        .all(),
    ).toMatch(/^HTTP\/1\.1 503 /);
    const other = openClient(gateway).send(request('/3'));
    expect(await other.responses(1)).toEqual(['200']);
    gateway.pass(1_000);
    expect(gateway.messagesOf('event').map(({ name, fields }) => [name, fields['limit']])).toEqual([
      ['gateway.clients_refused', 'buffered bodies'],
    ]);
    gateway.gateway.bodies.change(-256 * 1024 * 1024);
    expect(await other.send(post('/4', 'abc', 'Content-Length: 3')).responses(2)).toEqual(['200', '200']);
    // Nothing of all these is counted any more: the module took none of them.
    gateway.gateway.bodies.change(256 * 1024 * 1024 - 1);
    expect(gateway.gateway.bodies.exhausted).toBe(false);
  });

  it('is bounded for heads: one more in pieces gets 503, one that comes whole is served', async () => {
    const gateway = await startGateway(answering);
    const limits = gateway.gateway.connectionLimits;
    for (let count = 1; count < 4_096; count++) limits.beginHead();
    const slow = openClient(gateway).send('GET / HT');
    await poll(() => gateway.clientBytes > 0);
    expect(await openClient(gateway).send('GET / HT').all()).toMatch(/^HTTP\/1\.1 503 /);
    expect(await openClient(gateway).send(request('/')).responses(1)).toEqual(['200']);
    expect(await slow.send('TP/1.1\r\nHost: a.test\r\n\r\n').responses(1)).toEqual(['200']);
    // Its place is free again, also that of a client that leaves.
    const leaving = openClient(gateway).send('GET / HT');
    await poll(() => gateway.clients.at(-1)?.bytesRead === 8);
    leaving.destroy();
    await poll(() => limits.beginHead());
    expect(limits.beginHead()).toBe(false);
  });
});

describe('the place of a connection at its site', () => {
  it('P-75 is waited for when another gateway may have it', async () => {
    const gateway = await startGateway({ ...answering, site: { maxConnections: 3 }, gateways: 2 });
    const all = [1, 2, 3, 4].map((count) => openClient(gateway).send(request(`/${count}`)));
    await poll(() => gateway.messagesOf('lease').length === 1);
    gateway.gateway.receive({ version: 1, type: 'lease', limit: 'connections:1', granted: 2 });
    await poll(
      () => gateway.messagesOf('lease').length === 2 || all.filter((client) => client.received !== '').length === 3,
    );
    gateway.gateway.receive({ version: 1, type: 'lease', limit: 'connections:1', granted: 0 });
    const statuses = await Promise.all(all.map((client) => client.responses(1)));
    expect(statuses.flat().toSorted()).toEqual(['200', '200', '200', '503']);
  });

  it('is not taken for a client that has left meanwhile', async () => {
    const gateway = await startGateway({ ...answering, site: { maxConnections: 2 }, gateways: 2, leases: {} });
    const leaving = openClient(gateway).send(request('/'));
    await poll(() => gateway.messagesOf('lease').length === 1);
    leaving.socket.resetAndDestroy();
    await poll(() => gateway.clients[0]?.destroyed === true);
    const staying = openClient(gateway).send(request('/'));
    await poll(() => gateway.clients[1]?.bytesRead !== undefined && gateway.clients[1].bytesRead > 0);
    gateway.gateway.receive({ version: 1, type: 'lease', limit: 'connections:1', granted: 1 });
    expect(await staying.responses(1)).toEqual(['200']);
  });
});

describe('answers of modules', () => {
  const answered = async (handle: NonNullable<GatewaySetup['handle']>, text = request('/', 'Connection: close')) =>
    openClient(await startGateway({ handle }))
      .send(text)
      .all();

  it('gives 500 when a module throws, before or after a promise', async () => {
    for (const handle of [
      () => {
        throw new Error('broken');
      },
      async () => Promise.reject(new Error('broken')),
    ]) {
      expect(await answered(handle)).toMatch(/^HTTP\/1\.1 500 /);
    }
  });

  it('gives 404 when no module answers', async () => {
    expect(await answered(() => 'next')).toContain('404.4');
  });

  it('H-87 never writes a field that could split the answer', async () => {
    for (const headers of [
      [['A', 'b\r\nC: d']],
      [['A\r\n', 'b']],
      [['A b', 'c']],
      [['Content-Length', '1']],
    ] as const) {
      const received = await answered((exchange) => {
        exchange.send({ status: 200, headers: headers as unknown as [string, string][] });
        return 'done' as const;
      });
      expect(received).toMatch(/^HTTP\/1\.1 500 /);
    }
  });

  async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
    for (const text of texts) yield Buffer.from(text);
  }

  it('streams a body of known length, of unknown length, and to a client of 1.0', async () => {
    const known = await answered(async (exchange) => {
      await exchange.stream({ status: 200, length: 6, body: pieces('abc', 'def') });
      return 'done' as const;
    });
    expect(known).toMatch(/Content-Length: 6\r\n[^]*\r\n\r\nabcdef$/);
    const unknown = async (exchange: Exchange): Promise<'done'> => {
      await exchange.stream({ status: 200, body: pieces('abc', 'defg') });
      return 'done' as const;
    };
    expect(await answered(unknown)).toMatch(
      /Transfer-Encoding: chunked\r\n[^]*\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n$/,
    );
    expect(await answered(unknown, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/Connection: close\r\n\r\nabcdefg$/);
  });

  it('resets when a streamed body fails or has another length', async () => {
    for (const body of [pieces('abc'), pieces('abcdefg')]) {
      const gateway = await startGateway({
        handle: async (exchange) => {
          await exchange.stream({ status: 200, length: 6, body });
          return 'done' as const;
        },
      });
      const client = openClient(gateway).send(request('/'));
      await client.until(({ closed }) => closed);
      expect(client.errorCode).toBe('ECONNRESET');
    }
  });

  it('ends the iteration when the client leaves', async () => {
    let returned = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.alloc(65_536);
      } finally {
        returned = true;
      }
    }
    const gateway = await startGateway({
      handle: async (exchange) => {
        await exchange.stream({ status: 200, body: endless() });
        return 'done' as const;
      },
    });
    const client = openClient(gateway).send(request('/'));
    await client.until(({ received }) => received.length > 100_000);
    client.destroy();
    await poll(() => returned);
  });

  it('413.1 when a chunked body grows over the limit, and the application sees no end', async () => {
    const gateway = await startGateway({
      handle: (exchange) => {
        exchange.limitBody(10, { status: 413, subStatus: 1 });
        gateway.forward(exchange);
        return 'done' as const;
      },
    });
    const scripted = await upstream(gateway, () => {});
    const client = openClient(gateway).send(post('/', '8\r\nabcdefgh\r\n', 'Transfer-Encoding: chunked'));
    const peer = await scripted.peer();
    await peer.until(({ received }) => received.includes('abcdefgh'));
    client.send('8\r\nabcdefgh\r\n0\r\n\r\n');
    expect(await client.all()).toContain('413.1');
    await peer.until(({ closed }) => closed);
    expect(peer.received).not.toContain('0\r\n\r\n');
  });
});

async function poll(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
