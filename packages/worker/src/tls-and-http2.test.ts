import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { onEachNode, startReady } from './testing/on-each-node.ts';

onEachNode((start) => {
  it('hands connections to an HTTPS server over as secure ones', async () => {
    await using worker = await startReady(start, 'https.cjs');
    expect(await worker.message('ready')).toMatchObject({ protocol: 'http/1.1' });
    const client = { scheme: 'https', address: '192.0.2.5' } as const;
    expect(await worker.gateway.json({ client })).toMatchObject({ remoteAddress: '192.0.2.5', encrypted: true });
    await worker.outputIncludes('secureConnection');
    expect((await worker.gateway.request({ token: 'x' })).status).toBe(400);
  });

  it('lets an HTTPS server speak TLS with the application itself', async () => {
    await using worker = await startReady(start, 'https.cjs');
    expect(await worker.gateway.json({ path: '/self' })).toMatchObject({ url: '/inner', encrypted: true });
  });

  it('speaks HTTP/1.1 to an HTTP/2 server that allows it', async () => {
    await using worker = await startReady(start, 'http2.cjs', { environment: { KIND: 'secure with HTTP/1' } });
    expect(await worker.message('ready')).toMatchObject({ protocol: 'http/1.1' });
    const client = { address: '192.0.2.6', scheme: 'https', version: '2.0' } as const;
    const echo = await worker.gateway.json<{ rawHeaders: readonly string[] }>({ client });
    expect(echo).toMatchObject({ remoteAddress: '192.0.2.6', encrypted: true, httpVersion: '2.0' });
    expect(echo.rawHeaders[0]).toBe('Host');
  });

  it.each(['plain', 'secure'])('speaks HTTP/2 without TLS to a %s HTTP/2 server', async (kind) => {
    await using worker = await startReady(start, 'http2.cjs', { environment: { KIND: kind } });
    expect(await worker.message('ready')).toMatchObject({ protocol: 'h2c' });
    const session = worker.gateway.session();
    const client = { address: '192.0.2.7', port: 7, scheme: 'https', version: '2.0' } as const;
    const { status, body } = await worker.gateway.stream(session, { client, path: '/x' });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      remoteAddress: '192.0.2.7',
      remotePort: 7,
      encrypted: true,
      httpVersion: '2.0',
    });
    expect(body.toLowerCase()).not.toContain('ms-aspnetcore');
  });

  it('M-84 answers 400 to a stream without the token, before the application', async () => {
    await using worker = await startReady(start, 'http2.cjs', { environment: { KIND: 'plain' } });
    const session = worker.gateway.session();
    for (const token of [null, 'wrong']) {
      expect(await worker.gateway.stream(session, { token })).toMatchObject({ status: 400, body: '' });
    }
    expect((await worker.gateway.stream(session)).status).toBe(200);
  });

  it('shows each stream its own client', async () => {
    await using worker = await startReady(start, 'http2.cjs', { environment: { KIND: 'plain' } });
    const session = worker.gateway.session();
    const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
    const echoes = await Promise.all(
      addresses.map(async (address) =>
        JSON.parse((await worker.gateway.stream(session, { client: { address } })).body),
      ),
    );
    expect(echoes.map(({ remoteAddress }) => remoteAddress)).toEqual(addresses);
  });

  it('serves streams without the compatibility API', async () => {
    await using worker = await startReady(start, 'http2-streams.cjs');
    const { body } = await worker.gateway.stream(worker.gateway.session(), {
      client: { address: '192.0.2.8', port: 9 },
    });
    expect(JSON.parse(body)).toMatchObject({ remoteAddress: '192.0.2.8', remotePort: 9 });
    expect(body.toLowerCase()).not.toContain('ms-aspnetcore');
  });

  it('takes the private field out of a stream wherever it stands', async () => {
    await using worker = await startReady(start, 'http2-streams.cjs');
    const [name = '', value = ''] = worker.gateway.field();
    const stream = worker.gateway.session().request({ ':path': '/', 'x-first': '1', [name]: value, 'x-last': '2' });
    const body = await text(stream);
    expect(JSON.parse(body).headers).toMatchObject({ 'x-first': '1', 'x-last': '2' });
    expect(JSON.parse(body).rawHeaders.slice(-4)).toEqual(['x-first', '1', 'x-last', '2']);
    expect(body.toLowerCase()).not.toContain('ms-aspnetcore');
  });

  it('shows the application no token of a stream that ended as it began', async () => {
    await using worker = await startReady(start, 'http2-streams.cjs');
    const socket = await worker.gateway.connect();
    const [name = '', value = ''] = worker.gateway.field();
    socket.write(
      Buffer.concat([
        clientPreface,
        headersFrame(1, [
          [':method', 'GET'],
          [':scheme', 'http'],
          [':path', '/'],
          [name.toLowerCase(), value],
        ]),
        resetFrame(1),
      ]),
    );
    await once(socket, 'data');
    const { body } = await worker.gateway.stream(worker.gateway.session());
    expect(body.toLowerCase()).not.toContain('ms-aspnetcore');
    expect(body).not.toContain(worker.token);
  });
});

/** The connection preface of a client, and empty settings. */
const clientPreface = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0, Buffer.alloc(0))]);

/** HEADERS with END_STREAM and END_HEADERS; fields without compression, each shorter than 127 bytes. */
function headersFrame(stream: number, fields: readonly (readonly [string, string])[]): Buffer {
  const literals = fields.flatMap(([name, value]) => [
    ...[Buffer.from([0, name.length]), Buffer.from(name)],
    ...[Buffer.from([value.length]), Buffer.from(value)],
  ]);
  return frame(1, 5, stream, Buffer.concat(literals));
}

/** RST_STREAM with CANCEL. */
function resetFrame(stream: number): Buffer {
  return frame(3, 0, stream, Buffer.from([0, 0, 0, 8]));
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
