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
});
