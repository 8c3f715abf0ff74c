import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { onEachNode, startReady } from './testing/on-each-node.ts';

interface Echo {
  readonly httpVersion: string;
  readonly httpVersionMajor: number;
  readonly httpVersionMinor: number;
  readonly rawHeaders: readonly string[];
  readonly headers: Record<string, string>;
  readonly headersDistinct: Record<string, string>;
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly remoteFamily?: string;
  readonly localPort: number;
  readonly encrypted: boolean;
  readonly peerCertificate?: Record<string, string>;
}

onEachNode((start) => {
  it.each([
    { scheme: 'http', version: '1.1', port: 4711, address: '198.51.100.4', family: 'IPv4', encrypted: false },
    { scheme: 'https', version: '1.0', port: 1, address: '2001:db8::1', family: 'IPv6', encrypted: true },
  ] as const)('shows $scheme $version from $address', async ({ family, encrypted, ...client }) => {
    await using worker = await startReady(start, 'peer-echo.cjs');
    expect(await worker.gateway.json<Echo>({ client })).toMatchObject({
      ...{ remoteAddress: client.address, remotePort: client.port, remoteFamily: family, encrypted, localPort: 8080 },
      ...{ httpVersion: client.version, httpVersionMajor: 1, httpVersionMinor: Number(client.version[2]) },
    });
  });

  it('shows no address for a client on a unix socket', async () => {
    await using worker = await startReady(start, 'peer-echo.cjs');
    const echo = await worker.gateway.json<Echo>({ client: { address: 'unix', port: 0 } });
    expect([echo.remoteAddress, echo.remotePort, echo.remoteFamily]).toEqual([undefined, undefined, undefined]);
  });

  it('M-99 shows HTTP/2 while chunking and keep-alive stay those of the hop', async () => {
    await using worker = await startReady(start, 'peer-echo.cjs');
    const agent = worker.gateway.agent();
    const client = { scheme: 'https', version: '2.0' } as const;
    for (const path of ['/first', '/second']) {
      const response = await worker.gateway.begin({ agent, client, path });
      expect(response.headers).toMatchObject({ connection: 'keep-alive' });
      expect(response.headers['content-length'] ?? response.headers['transfer-encoding']).toBeDefined();
      const [body] = (await once(response.setEncoding('utf8'), 'data')) as [string];
      expect(JSON.parse(body)).toMatchObject({ httpVersion: '2.0', httpVersionMajor: 2, httpVersionMinor: 0 });
      await ended(response);
    }
  });

  it('changes the client with every request of one connection', async () => {
    await using worker = await startReady(start, 'peer-echo.cjs');
    const agent = worker.gateway.agent();
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.1', '2001:db8::7']) {
      const echo = await worker.gateway.json<Echo>({ agent, client: { address, port: 1000 } });
      expect([echo.remoteAddress, echo.remotePort]).toEqual([address, 1000]);
    }
  });

  it('takes the private field out of every view of the headers, and nothing else', async () => {
    await using worker = await startReady(start, 'peer-echo.cjs');
    // More than 32 fields: Node.js hands them over in several parts.
    const many = Array.from({ length: 60 }, (_, index) => [`X-Field-${index}`, String(index)] as const);
    const echo = await worker.gateway.json<Echo>({ headers: [...many, ['Cookie', 'a=1'], ['Cookie', 'b=2']] });
    expect(echo.rawHeaders.slice(0, 4)).toEqual(['Host', 'www.example.test', 'X-Field-0', '0']);
    expect(echo.headers).toMatchObject({ host: 'www.example.test', 'x-field-59': '59', cookie: 'a=1; b=2' });
    expect(echo.headersDistinct).toMatchObject({ 'x-field-59': '59', cookie: 'a=1|b=2' });
    for (const view of [echo.rawHeaders, echo.headers, echo.headersDistinct]) {
      expect(JSON.stringify(view).toLowerCase()).not.toContain('ms-aspnetcore');
    }
  });

  it('leaves trailers alone', async () => {
    await using worker = await startReady(start, 'peer-echo.cjs');
    const head = ['POST / HTTP/1.1', worker.gateway.field().join(': '), 'Host: x', 'Connection: close'];
    const chunked = ['Transfer-Encoding: chunked', 'Trailer: X-Sum', '', '3', 'abc', '0', 'X-Sum: 9', '', ''];
    expect(await worker.gateway.exchange([...head, ...chunked].join('\r\n'))).toContain('"trailers":{"x-sum":"9"}');
  });

  it('shows the certificate that the gateway passes on, without vouching for it', async () => {
    await using worker = await startReady(start, 'peer-echo.cjs');
    const client = { scheme: 'https' } as const;
    expect((await worker.gateway.json<Echo>({ client })).peerCertificate).toBeUndefined();
    const headers = [['MS-ASPNETCORE-CLIENTCERT', certificate]] as const;
    expect((await worker.gateway.json<Echo>({ client, headers })).peerCertificate).toEqual({
      CN: 'client.example.test',
    });
  });

  it.each([
    ['no private field', { token: null }],
    ['a wrong token', { token: '0'.repeat(64) }],
    ['a token that is not one word', { token: 'a b' }],
    ['facts of another form', { client: { port: -1 } }],
  ])('M-84 answers 400 with an empty body to %s, before the application', async (_what, wrong) => {
    await using worker = await startReady(start, 'peer-echo.cjs');
    const { status, body, headers } = await worker.gateway.request(wrong);
    expect([status, body, headers.connection]).toEqual([400, '', 'close']);
  });

  it('refuses a wrong token on a connection that has shown the right one', async () => {
    await using worker = await startReady(start, 'peer-echo.cjs');
    const agent = worker.gateway.agent();
    expect((await worker.gateway.request({ agent })).status).toBe(200);
    expect((await worker.gateway.request({ agent, token: `${worker.token.slice(0, -1)}x` })).status).toBe(400);
  });

  it('refuses the private field anywhere but in front', async () => {
    await using worker = await startReady(start, 'peer-echo.cjs');
    const field = worker.gateway.field() as [string, string];
    expect((await worker.gateway.request({ token: null, headers: [field] })).status).toBe(400);
  });

  it('says nothing to the application of bytes from a peer without the token', async () => {
    await using worker = await startReady(start, 'expectations.cjs');
    expect(await worker.gateway.exchange('NONSENSE\r\n\r\n')).toBe('');
    const known = await worker.gateway.connect();
    known.write(['GET / HTTP/1.1', worker.gateway.field().join(': '), 'Host: x', '', ''].join('\r\n'));
    await once(known, 'data');
    known.write('NONSENSE\r\n\r\n');
    await ended(known.resume());
    const seen = await worker.gateway.json<string[]>();
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatch(/^error HPE_/);
  });

  it('lets the application answer Expect, for the right client', async () => {
    await using worker = await startReady(start, 'expectations.cjs');
    const client = { address: '192.0.2.9' };
    const sent = { method: 'POST', body: 'x', client };
    expect((await worker.gateway.request({ ...sent, headers: [['Expect', '100-continue']] })).body).toBe('continued');
    expect((await worker.gateway.request({ ...sent, headers: [['Expect', 'miracles']] })).status).toBe(417);
    expect((await worker.gateway.request({ ...sent, token: 'x', headers: [['Expect', 'miracles']] })).status).toBe(400);
    expect(await worker.gateway.json<string[]>()).toEqual(['continue 192.0.2.9', 'expectation miracles']);
  });

  it.each([
    ['GET', 'upgrade', 'Upgrade: echo\r\nConnection: Upgrade\r\n', 101],
    ['CONNECT', 'CONNECT', '', 200],
  ] as const)('treats %s for a tunnel (%s) like any request', async (method, _kind, fields, status) => {
    await using worker = await startReady(start, 'tunnel.cjs');
    const field = worker.gateway.field({ client: { address: '192.0.2.33', scheme: 'https' } }).join(': ');
    const socket = (await worker.gateway.connect()).setEncoding('utf8');
    socket.write(`${method} ${method === 'GET' ? '/' : 'x:1'} HTTP/1.1\r\n${field}\r\nHost: x\r\n${fields}\r\n`);
    let received = '';
    for await (const part of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
      received += part;
      if (received.includes('}\n')) break;
    }
    expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(received).toContain('"remoteAddress":"192.0.2.33"');
    expect(received).toContain('"encrypted":true');
    expect(received.toLowerCase()).not.toContain('ms-aspnetcore');
    expect((await worker.ping()).activeRequests).toBe(1);
    socket.write('through');
    expect(await once(socket, 'data')).toEqual(['through']);
    expect((await worker.gateway.request()).body).toBe('1');
  });

  it('answers 400 to an upgrade without the token', async () => {
    await using worker = await startReady(start, 'tunnel.cjs');
    const answer = await worker.gateway.exchange(
      'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n',
    );
    expect(answer).toBe('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });

  it('treats an upgrade as an ordinary request when the application has no listener', async () => {
    await using worker = await startReady(start, 'peer-echo.cjs');
    const headers = [
      ['Upgrade', 'echo'],
      ['Connection', 'Upgrade'],
    ] as const;
    const { status } = await worker.gateway.request({ headers });
    expect(status).toBe(200);
  });

  it('takes as many connections as the gateway opens, whatever number the application allows', async () => {
    await using worker = await startReady(start, 'one-connection.cjs');
    const agents = [worker.gateway.agent(), worker.gateway.agent(), worker.gateway.agent()];
    for (const agent of agents) expect((await worker.gateway.request({ agent })).body).toBe('served');
  });

  it('accepts a head at the limit of Node.js though the gateway adds to it', async () => {
    await using worker = await startReady(start, 'peer-echo.cjs');
    const headers = [
      ['X-Long', 'x'.repeat(16_000)],
      ['X-From-Gateway', 'x'.repeat(8_000)],
    ] as const;
    expect((await worker.gateway.request({ headers })).status).toBe(200);
  });
});

async function ended(stream: Readable): Promise<void> {
  if (!stream.readableEnded) await once(stream.resume(), 'end');
}

/** A self-signed one of `CN=client.example.test`. */
const certificate =
  'MIIBlDCCATmgAwIBAgIUc8pQow9Y6w8bVUv7aLE2axymTdwwCgYIKoZIzj0EAwIwHjEcMBoGA1UEAwwTY2xpZW50LmV4YW1wbGUu' +
  'dGVzdDAgFw0yNjExMjIxMDUwNDRaGA8yMTI2MTAyOTEwNTA0NFowHjEcMBoGA1UEAwwTY2xpZW50LmV4YW1wbGUudGVzdDBZMBMG' +
  'ByqGSM49AgEGCCqGSM49AwEHA0IABADCa+5HbaH7YGacdXHyAU3kXiPrbq+CrdbOkZzVKjTwm1RSAe5g7AOdgVw18Ev8tiN0ZJCt' +
  '5HcyGwmWe6CL8WCjUzBRMB0GA1UdDgQWBBQK7kZu417XZzKUUxq1t0RXBdwnnDAfBgNVHSMEGDAWgBQK7kZu417XZzKUUxq1t0RX' +
  'BdwnnDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCoF5cbCDmj24Hs9KcAjplv5HVoviEhl532SWOJGtfCDQIh' +
  'AOVGuqRSGK2EXHXFIgqP2h7dhmW5zzJTAQrZUf9SkFK0';
