import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RawClient } from '../testing/raw-client.ts';
import { type GatewaySetup, RunningGateway } from '../testing/running-gateway.ts';

let folder: string;
const cleanUps: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'httperr-'));
});
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

async function start(setup: GatewaySetup = {}): Promise<RunningGateway> {
  const errorLog = { folder, truncateBytes: 1_048_576, format: 'Text' } as const;
  const gateway = await RunningGateway.start({
    handle: (exchange) => {
      exchange.send({ status: 200, body: 'ok' });
      return 'done';
    },
    ...setup,
    limits: { errorLog, ...setup.limits },
  });
  cleanUps.push(() => gateway.stop());
  return gateway;
}

function open(gateway: RunningGateway): RawClient {
  const client = new RawClient(gateway.port);
  cleanUps.push(() => client.destroy());
  return client;
}

/** Lines so far, without time and addresses; headers of the file left out. */
function logged(gateway: RunningGateway): string[] {
  gateway.pass(1_000);
  const text = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.split(' ').slice(6).join(' '));
}

const get = (target = '/', ...fields: string[]): string =>
  [`GET ${target} HTTP/1.1`, 'Host: a.test', ...fields, '', ''].join('\r\n');

describe('H-159 what the message layer refuses is in its error log', () => {
  it.each([
    ['GET / HTTP/1.1\r\n\r\n', 'HTTP/1.1 GET / 400 - Hostname -'],
    ['GE(T / HTTP/1.1\r\n\r\n', '- - - 400 - Verb -'],
    ['\x16\x03\x01\x02\x00', '- - - 400 - Verb -'],
    ['CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n', 'HTTP/1.1 CONNECT a.test:443 405 - Verb -'],
    [get('/%zz?q'), 'HTTP/1.1 GET /%zz?q 400 - URL -'],
    [get('/../x'), 'HTTP/1.1 GET /../x 400 - URL -'],
    [get(`/${'a'.repeat(17_000)}`), `- GET /${'a'.repeat(4_095)} 414 - URL_Length -`],
    [get('/', 'A B: 1'), 'HTTP/1.1 GET / 400 - Header -'],
    ['GET / HTTP/1.1\nHost: a.test\n\n', 'HTTP/1.1 GET / 400 - Invalid_CR/LF -'],
    [get('/', 'Content-Length: +5'), 'HTTP/1.1 GET / 400 - Number -'],
    [get('/', `A: ${'a'.repeat(17_000)}`), 'HTTP/1.1 GET / 431 - RequestLength -'],
    [get('/', ...Array.from({ length: 100 }, (_, n) => `X-${n}: 1`)), 'HTTP/1.1 GET / 431 - RequestLength -'],
    [get('/', 'Transfer-Encoding: chunked', 'Content-Length: 1'), 'HTTP/1.1 GET / 400 - BadRequest -'],
    [get('/', 'Transfer-Encoding: gzip'), 'HTTP/1.1 GET / 501 - N/I -'],
    ['GET / HTTP/2.0\r\n\r\n', 'HTTP/2.0 GET / 505 - Version_N/S -'],
    [get('/', 'Expect: x'), 'HTTP/1.1 GET / 417 - Precondition -'],
  ])('%.60j', async (text, line) => {
    const gateway = await start();
    const client = open(gateway).send(text);
    await client.all();
    await expect.poll(() => logged(gateway)).toEqual([line]);
  });

  it('H-156 with site and pool, when the queue of a pool is full or the pool stopped', async () => {
    const gateway = await start({ handle: undefined as never, pool: { queueLength: 0 } });
    await open(gateway).send(get('/wait')).all();
    await expect.poll(() => logged(gateway)).toEqual(['HTTP/1.1 GET /wait 503 1 QueueFull pool']);
  });

  it('also when the pool has them reset', async () => {
    const gateway = await start({ handle: undefined as never, pool: { queueLength: 0, refuseWith: 'TcpLevel' } });
    const client = await open(gateway)
      .send(get('/wait'))
      .until(({ closed }) => closed);
    expect([client.received, client.errorCode]).toEqual(['', 'ECONNRESET']);
    await expect.poll(() => logged(gateway)).toEqual(['HTTP/1.1 GET /wait - 1 QueueFull pool']);
  });

  it('when a head or a body does not come in time, and when no request comes at all', async () => {
    const gateway = await start({ site: { connectionTimeoutMs: 5_000 }, handle: () => 'done' });
    const clients = [
      open(gateway).send('GET /slow HTTP/1.1\r\nHost'),
      open(gateway).send(get('/body', 'Content-Length: 5')),
      open(gateway),
    ];
    await expect.poll(() => gateway.clients.length).toBe(3);
    await expect.poll(() => gateway.clientBytes).toBeGreaterThan(60);
    gateway.pass(16_000);
    await Promise.all(clients.map((client) => client.all()));
    await expect
      .poll(() => logged(gateway).toSorted())
      .toEqual([
        '- - - - - Timer_ConnectionIdle -',
        'HTTP/1.1 GET /body 408 1 Timer_EntityBody pool',
        'HTTP/1.1 GET /slow 408 - Timer_HeaderWait -',
      ]);
  });

  it('when a client leaves before its answer, and does not take it', async () => {
    const gateway = await start({ handle: () => 'done' });
    const client = open(gateway).send(get('/left'));
    await expect.poll(() => gateway.clientBytes).toBeGreaterThan(0);
    client.socket.resetAndDestroy();
    await expect.poll(() => logged(gateway)).toEqual(['HTTP/1.1 GET /left - 1 Client_Reset pool']);
  });

  it('and nothing of what a site answers', async () => {
    const gateway = await start();
    const client = open(gateway).send(get('/'));
    await client.until(({ received }) => received.endsWith('ok'));
    client.send('GE(T\r\n');
    await client.all();
    await expect.poll(() => logged(gateway)).toEqual(['- - - 400 - Verb -']);
  });
});

it('writes what waits before the gateway ends', async () => {
  const gateway = await start();
  await open(gateway).send('GE(T\r\n').all();
  gateway.gateway.drain(0, false);
  gateway.pass(200);
  await gateway.until(() => gateway.finished);
  expect(logged(gateway)).toEqual(['- - - 400 - Verb -']);
});

it('begins its file with a head, and names both ends of each connection', async () => {
  const gateway = await start();
  const client = open(gateway).send('GE(T\r\n');
  await client.all();
  await expect.poll(() => logged(gateway)).toHaveLength(1);
  const text = readFileSync(join(folder, 'httperr1.log'), 'latin1');
  expect(text).toMatch(/^#Software: Poolhouse\n#Version: 1\.0\n#Date: 2023-11-14 22:13:20\n#Fields: date time c-ip /);
  expect(text).toContain('\n2023-11-14 22:13:20 127.0.0.1 ');
  expect(text).toMatch(/ 127\.0\.0\.1 80 - - - 400 - Verb -\n$/);
});
