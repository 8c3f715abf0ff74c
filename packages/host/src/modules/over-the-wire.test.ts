import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Plan } from '@poolhouse/contract';
import { Gateway } from '../gateway/gateway.ts';
import { failureAnswer, statusAnswer } from './error-pages/index.ts';
import { gatewayModules } from './registry.gateway.ts';
import { compilers, effectiveConfiguration, scopeContext } from './testing/effective-configuration.ts';

/** A site of files behind a real gateway and a real socket: from its web.config to bytes on the wire. */
let root: string;
let server: Server;
let gateway: Gateway;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wire-'));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(root, { recursive: true, force: true });
});

async function start(elements = ''): Promise<void> {
  gateway = new Gateway({
    settings: { version: 1, sockets: [] },
    modules: gatewayModules,
    answers: { status: statusAnswer, failure: failureAnswer },
    maxConnections: 1_000,
    now: () => performance.now(),
    epoch: () => Date.now(),
    send: () => undefined,
    finished: () => undefined,
  });
  server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    gateway.accept(socket, {
      secure: false,
      remoteAddress: '203.0.113.7',
      remotePort: 1,
      localAddress: '127.0.0.1',
      localPort: 80,
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  gateway.start();
  gateway.receive({
    version: 1,
    type: 'snapshot',
    leases: { 'connections:1': 1_000 },
    number: 1,
    gateways: 1,
    plan: planOf(elements),
    poolStates: [],
    applicationStates: [],
    upstreams: [],
  });
}

function planOf(elements: string): Plan {
  const configuration = effectiveConfiguration({ site: `<system.webServer>${elements}</system.webServer>` });
  const compiled = compilers().modules.flatMap(({ id, compile }) => {
    const settings = compile(configuration, scopeContext());
    return settings === undefined ? [] : [{ id, settings }];
  });
  return {
    limits: {
      maxRequestBytes: 16_384,
      maxFieldBytes: 16_384,
      maxFields: 100,
      urlSegmentMaxCount: 255,
      urlSegmentMaxLength: 260,
      headerWaitMs: 15_000,
      minBytesPerSecond: 240,
    },
    pools: [],
    sites: [
      {
        id: 1,
        name: 'shop',
        bindings: [{ protocol: 'http', address: '*', port: 80, host: '' }],
        connectionTimeoutMs: 120_000,
        maxConnections: 1_000,
        settings: compiled.map(({ settings }) => JSON.parse(JSON.stringify(settings)) as unknown),
        applications: [
          {
            id: 'shop/',
            path: '/',
            pool: 'shop',
            virtualDirectories: [{ path: '/', physicalPath: root }],
            scopes: [{ path: '/', modules: compiled.map(({ id }, settings) => ({ id, settings })) }],
          },
        ],
      },
    ],
  };
}

function write(path: string, bytes: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), bytes);
}

interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function send(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Received> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const client = request({ port, method, path, headers, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
      );
    });
    client.on('error', reject);
    client.end(body);
  });
}

describe('a site of files', () => {
  it.each([0, 1, 1_000, 65_536, 65_537, 3_000_000])('serves a file of %i bytes', async (size) => {
    const bytes = Buffer.from(Uint8Array.from({ length: size }, (_, index) => index % 251));
    write('f.bin', bytes);
    await start();
    const get = await send('GET', '/f.bin');
    expect(get.status).toBe(200);
    expect(get.body.equals(bytes)).toBe(true);
    expect(get.headers['content-length']).toBe(String(size));
    const head = await send('HEAD', '/f.bin');
    expect(head.body).toHaveLength(0);
    const { date: _, ...fields } = head.headers;
    expect(get.headers).toMatchObject(fields);
    const again = await send('GET', '/f.bin', { 'If-None-Match': get.headers.etag ?? '' });
    expect(again).toMatchObject({ status: 304, body: Buffer.alloc(0) });
    if (size < 100) return;
    const part = await send('GET', '/f.bin', { Range: 'bytes=10-19,40-' });
    expect(part.status).toBe(206);
    expect(part.body.includes(bytes.subarray(40))).toBe(true);
  });

  it('answers what it does not have, folders and methods', async () => {
    write('folder/index.html', '<p>home');
    await start();
    expect(await send('GET', '/none')).toMatchObject({ status: 404 });
    expect((await send('GET', '/none')).body.toString()).toContain('404 Not Found');
    expect(await send('GET', '/folder?x=1')).toMatchObject({ status: 301, headers: { location: '/folder/?x=1' } });
    expect((await send('GET', '/folder/')).body.toString()).toBe('<p>home');
    expect(await send('POST', '/folder/')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    expect(await send('OPTIONS', '/')).toMatchObject({
      status: 200,
      headers: { allow: 'OPTIONS, TRACE, GET, HEAD, POST' },
    });
    expect(await send('GET', '/web.config')).toMatchObject({ status: 404 });
    expect(await send('GET', `/${'a/'.repeat(40)}`)).toMatchObject({ status: 404 });
  });

  it('H-118 answers 413 to a declared body over its limit', async () => {
    await start(
      '<security><requestFiltering><requestLimits maxAllowedContentLength="1000"/></requestFiltering></security>',
    );
    expect(await send('POST', '/', { 'Content-Length': '1001' }, 'x'.repeat(1_001))).toMatchObject({ status: 413 });
  });

  it('closes the file when a client leaves in the middle', async () => {
    write('f.bin', Buffer.alloc(50_000_000));
    await start();
    await send('HEAD', '/f.bin');
    const openFiles = () => readdirSync('/dev/fd').length;
    const before = openFiles();
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve) => {
      const client = request({ port, path: '/f.bin', agent: false }, (response) => {
        response.once('data', () => {
          client.destroy();
          resolve();
        });
        response.on('error', () => undefined);
      });
      client.on('error', () => undefined);
      client.end();
    });
    await vi.waitFor(() => expect(openFiles()).toBeLessThanOrEqual(before), { timeout: 10_000 });
  });
});
