import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { broken, garbage, overlong, unusual } from './fixtures/apps/out-of-process/bytes-answers.mjs';
import {
  Connection,
  type ConnectionFailure,
  echoOf,
  fixtureApp,
  formatRequest,
  linesOf,
  receivedFields,
  receivedNames,
  request,
  scratchFile,
  sharedHost,
  until,
  type Response,
  useHost,
} from './harness/index.ts';

/** What a request reports whose answer could not be had from the application, or not to its end. */
const brokenRequest = 'request.forwarding_failed';

describe('requests', () => {
  const host = sharedHost({
    sites: [
      {
        applications: {
          '/': fixtureApp('common/echo.mjs'),
          '/Path': fixtureApp('common/echo.mjs'),
        },
      },
    ],
  });
  const echo = async (path: string, headers: [string, string][] = []) =>
    echoOf(await host.current.get(path, { headers }));

  it('M-57 removes MS-ASPNETCORE fields of a client, in any case', async () => {
    const received = await echo('/', [
      ['MS-ASPNETCORE-TOKEN', 'forged'],
      ['ms-aspnetcore-foo', 'y'],
      ['Ms-AspNetCore', 'z'],
      ['MS-ASPNETCORE-CLIENTCERT', 'forged'],
      ['MS-ASPNETCORE-USER', 'forged'],
      ['ms_aspnetcore_token', 'forged'],
    ]);
    const reserved = receivedNames(received).filter((name) => name.replaceAll('_', '-').startsWith('ms-aspnetcore'));
    expect(reserved).toEqual(['ms-aspnetcore-token']);
    expect(receivedFields(received, 'MS-ASPNETCORE-TOKEN')).not.toContain('forged');
  });

  it('M-58 replaces X-Forwarded-For of a client that is no trusted proxy', async () => {
    const [value] = receivedFields(await echo('/', [['X-Forwarded-For', '1.1.1.1']]), 'X-Forwarded-For');
    expect(value).toMatch(/^127\.0\.0\.1(:\d+)?$/);
  });

  it('M-60 sends one X-Forwarded-Proto', async () => {
    const received = await echo('/', [['X-Forwarded-Proto', 'https']]);
    expect(receivedFields(received, 'X-Forwarded-Proto')).toEqual(['http']);
  });

  it('H-154 removes what would contradict: Forwarded, X-Real-IP, Proxy', async () => {
    const names = receivedNames(
      await echo('/', [
        ['Forwarded', 'for=1.1.1.1'],
        ['X-Real-IP', '1.1.1.1'],
        ['Proxy', 'http://evil.test'],
        ['X_Forwarded_For', '1.1.1.1'],
      ]),
    );
    for (const name of ['forwarded', 'x-real-ip', 'proxy', 'x_forwarded_for']) expect(names).not.toContain(name);
  });

  it('M-61 keeps Host', async () => {
    const response = await host.current.get('/', { authority: 'a.example:8080' });
    expect(receivedFields(echoOf(response), 'Host')).toEqual(['a.example:8080']);
  });

  it('M-62 H-54 does not forward Connection, what it names, and the other fields of the hop', async () => {
    const names = receivedNames(
      await echo('/', [
        ['Connection', 'close, X-Named'],
        ['X-Named', '1'],
        ['Keep-Alive', 'timeout=5'],
        ['Proxy-Connection', 'keep-alive'],
        ['TE', 'gzip'],
        ['X-Kept', '1'],
      ]),
    );
    expect(names).toContain('x-kept');
    for (const name of ['x-named', 'keep-alive', 'proxy-connection', 'te']) expect(names).not.toContain(name);
  });

  it.each([
    ['M-63', '/Path/%3F%3F?query', '/Path/%3F%3F?query'],
    ['M-64', '/Path/a?query?', '/Path/a?query?'],
    ['H-104', '/Path/x/../y', '/Path/y'],
    ['H-106', '/Path/a%2fb', '/Path/a%2fb'],
    ['H-110', '//Path//a', '//Path//a'],
    ['plus signs', '/Path/a+b?c=d+e', '/Path/a+b?c=d+e'],
    ['encoded octets', '/Path/%C3%A4', '/Path/%C3%A4'],
  ])('%s %s reaches the application as %s', async (_, path, expected) => {
    expect((await echo(path)).url).toBe(expected);
  });

  it('keeps spelling, order and repetition of fields', async () => {
    const { rawHeaders } = await echo('/', [
      ['X-One', '1'],
      ['x-TWO', 'a'],
      ['x-TWO', 'b'],
      ['Cookie', 'c=1; d=2'],
    ]);
    const text = rawHeaders.join('|');
    expect(text).toContain('X-One|1|x-TWO|a|x-TWO|b|Cookie|c=1; d=2');
  });

  it('H-45 passes bytes above 0x7F in values', async () => {
    expect(receivedFields(await echo('/', [['X-Latin', 'caf\xe9']]), 'X-Latin')).toEqual(['caf\xe9']);
  });

  const body = Buffer.from('0123456789abcdef'.repeat(20_000));
  const bodySha256 = createHash('sha256').update(body).digest('hex');

  it.each(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND'])('%s with a body arrives whole', async (method) => {
    const received = echoOf(await host.current.get('/', { method, body }));
    expect(received).toMatchObject({ method, bodyBytes: body.length, bodySha256 });
    expect(receivedFields(received, 'Content-Length')).toEqual([String(body.length)]);
  });

  it('M-71 a chunked upload arrives whole', async () => {
    const connection = await Connection.open(host.current.target('/'));
    connection.write(
      formatRequest(host.current.target('/'), { method: 'POST', headers: [['Transfer-Encoding', 'chunked']] }),
    );
    for (let start = 0; start < body.length; start += 10_000) {
      const piece = body.subarray(start, start + 10_000);
      connection
        .write(`${piece.length.toString(16)};ext=1\r\n`)
        .write(piece)
        .write('\r\n');
    }
    connection.write('0\r\nX-Trailer: 1\r\n\r\n');
    const received = echoOf(await connection.response('POST'));
    expect(received).toMatchObject({ bodyBytes: body.length, bodySha256 });
    expect(receivedFields(received, 'Transfer-Encoding')).toEqual(['chunked']);
    expect(receivedNames(received)).not.toContain('x-trailer');
    connection.close();
  });

  it('M-80 Upgrade: h2c is an ordinary request', async () => {
    const received = await echo('/', [
      ['Connection', 'Upgrade, HTTP2-Settings'],
      ['Upgrade', 'h2c'],
      ['HTTP2-Settings', 'AAMAAABkAARAAAAAAAIAAAAA'],
    ]);
    expect(receivedNames(received)).not.toContain('upgrade');
    expect(receivedNames(received)).not.toContain('http2-settings');
  });

  it('M-99 the application sees HTTP/1.1 out-of-process', async () => {
    expect((await echo('/')).version).toBe('1.1');
  });

  it('answers 1.0 clients and closes', async () => {
    const connection = await Connection.open(host.current.target('/'));
    connection.write(formatRequest(host.current.target('/'), { version: '1.0' }));
    expect((await connection.response()).status).toBe(200);
    expect(await connection.closed()).toBe('fin');
  });

  it('keeps a connection for many requests', async () => {
    const connection = await Connection.open(host.current.target('/'));
    for (let count = 0; count < 20; count += 1) {
      connection.write(formatRequest(host.current.target(`/${count}`)));
      expect(echoOf(await connection.response()).url).toBe(`/${count}`);
    }
    connection.close();
  });
});

describe('the client', () => {
  it('M-59 with an IPv6 address is bracketed', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs') }, bindings: ['[::1]:%PORT%:'] }],
    });
    const response = await request({ ...host.target('/'), host: '::1' });
    expect(receivedFields(echoOf(response), 'X-Forwarded-For')[0]).toMatch(/^(\[::1\](:\d+)?|::1)$/);
  });

  it.each([
    ['true', /^127\.0\.0\.1:\d+$/],
    ['false', /^127\.0\.0\.1$/],
  ])('forwardedForPort=%s decides about the port', async (forwardedForPort, expected) => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/echo.mjs', { handlerSettings: { forwardedForPort } }) } }],
    });
    expect(receivedFields(echoOf(await host.get('/')), 'X-Forwarded-For')[0]).toMatch(expected);
  });

  it('M-75 that disconnects ends the connection to the application', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('out-of-process/records-connections.mjs') } }],
    });
    const seen = async () => (await host.get('/ended')).json<{ waiting: number; ended: number }>();
    const client = await Connection.open(host.target('/wait'));
    client.write(formatRequest(host.target('/wait')));
    await until('the request to arrive', async () => (await seen()).waiting === 1);
    client.reset();
    await until('the connection to end', async () => (await seen()).ended === 1);
  });

  it('that only closes its sending side still gets the answer', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/held.mjs') } }],
    });
    const client = await Connection.open(host.target('/held'));
    client.write(formatRequest(host.target('/held'))).end();
    await until('the request to be held', async () => (await host.get('/')).json().held === 1);
    await host.get('/release');
    expect((await client.response()).text()).toMatch(/^held/);
    client.close();
  });

  it('M-82 with a body above maxAllowedContentLength gets 413 and the application sees nothing', async () => {
    const record = scratchFile('requests');
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': fixtureApp(
              'common/records-requests.mjs',
              { environment: { RECORD_FILE: record } },
              {
                webServer:
                  '<security><requestFiltering><requestLimits maxAllowedContentLength="1000" /></requestFiltering></security>',
              },
            ),
          },
        },
      ],
    });
    expect((await host.get('/fits', { method: 'POST', body: 'x'.repeat(1_000) })).status).toBe(200);
    expect((await host.get('/large', { method: 'POST', body: 'x'.repeat(1_001) })).status).toBe(413);
    expect(linesOf(record)).toHaveLength(1);
  });
});

describe('responses', () => {
  const host = sharedHost({
    sites: [{ applications: { '/': fixtureApp('out-of-process/bytes.mjs') } }],
    expects: [brokenRequest],
  });
  const answer = (name: string): Promise<Response> => host.current.get(`/${name}`);

  it('M-65 passes 999 and its reason', async () => {
    expect(await answer('status-999')).toMatchObject({ status: 999, reason: 'Very Special' });
  });

  it('M-66 passes two Set-Cookie lines as two', async () => {
    expect((await answer('two-cookies')).lines('Set-Cookie')).toEqual(['a=1', 'b=2; Path=/']);
  });

  it('M-67 passes Server, and adds none', async () => {
    expect((await answer('server-x')).lines('Server')).toEqual(['X']);
    expect((await answer('plain')).lines('Server')).toEqual([]);
  });

  it('M-68 keeps the client connection when the application closes its own', async () => {
    const connection = await Connection.open(host.current.target('/'));
    for (const name of ['connection-close-close', 'plain']) {
      connection.write(formatRequest(host.current.target(`/${name}`)));
      const response = await connection.response();
      expect(response.text()).toBe('ok');
      expect(response.lines('Connection').join()).not.toMatch(/close/i);
    }
    connection.close();
  });

  it('M-69 passes the body of a 404', async () => {
    expect(await answer('not-found')).toMatchObject({ status: 404 });
    expect((await answer('not-found')).text()).toBe('the app says');
  });

  it('removes fields of the hop', async () => {
    const response = await answer('connection-named');
    expect(response.lines('X-Hop')).toEqual([]);
    expect(response.lines('X-Kept')).toEqual(['1']);
    expect((await answer('keep-alive')).lines('Keep-Alive')).toEqual([]);
  });

  it('writes one Date', async () => {
    for (const name of ['plain', 'date-past']) expect((await answer(name)).lines('Date')).toHaveLength(1);
  });

  it.each([
    ['chunked', 200, 'ok'],
    ['chunk-extension', 200, 'ok'],
    ['until-close-close', 200, 'ok'],
    ['http-10-close', 200, 'ok'],
    ['early-hints', 200, 'ok'],
    ['no-reason', 200, 'ok'],
    ['no-content', 204, ''],
    ['not-modified', 304, ''],
    ['obs-text', 200, 'ok'],
    ['big-head', 200, 'ok'],
  ])('%s reaches the client', async (name, status, text) => {
    expect(unusual).toHaveProperty(name);
    const response = await answer(name);
    expect(response.status).toBe(status);
    expect(response.text()).toBe(text);
  });

  it('H-153 does not pass interim responses to a 1.1 client', async () => {
    expect((await answer('early-hints')).interim).toEqual([]);
  });

  it('passes HEAD without a body and keeps the connection', async () => {
    const connection = await Connection.open(host.current.target('/'));
    connection.write(formatRequest(host.current.target('/not-modified'), { method: 'HEAD' }));
    expect((await connection.response('HEAD')).status).toBe(304);
    connection.write(formatRequest(host.current.target('/plain')));
    expect((await connection.response()).text()).toBe('ok');
    connection.close();
  });

  it.each(Object.keys(garbage).map((name) => [name === 'huge-head' ? 'M-81 H-157' : 'M-72 H-83 H-85', name]))(
    '%s %s becomes a 502 and none of it reaches the client',
    async (_, name) => {
      const response = await answer(name);
      expect(response.status).toBe(502);
      for (const field of ['X-A', 'X-B', 'X-Big']) expect(response.lines(field)).toEqual([]);
      expect((await answer('plain')).text()).toBe('ok');
    },
  );

  it.each(Object.keys(broken))('M-73 H-86 %s cuts the client off', async (name) => {
    // Where the fault came with the head there was still time for a 502.
    const outcome = await answer(name).then(
      (response) => String(response.status),
      (error: ConnectionFailure) => error.kind,
    );
    expect(outcome).toMatch(/^(reset|truncated|502)$/);
    expect((await answer('plain')).text()).toBe('ok');
  });

  it.each(Object.keys(overlong))('H-80 H-81 H-84 %s is answered, and its connection not used again', async (name) => {
    const response = await answer(name);
    expect(response.text()).toBe(name === 'bytes-after-length' ? 'ok' : '');
    for (let count = 0; count < 3; count += 1) expect((await answer('plain')).text()).toBe('ok');
  });
});

describe('streaming', () => {
  it('M-70 passes each chunk when it is written', async () => {
    const host = await useHost({ sites: [{ applications: { '/': fixtureApp('common/stepwise.mjs') } }] });
    const client = await Connection.open(host.target('/stream?id=1'));
    client.write(formatRequest(host.target('/stream?id=1')));
    await client.receives('\r\n\r\n');
    for (let chunk = 1; chunk <= 5; chunk += 1) {
      await host.get('/next?id=1', { method: 'POST' });
      await client.receives(`chunk ${chunk};`);
    }
    await host.get('/end?id=1', { method: 'POST' });
    expect((await client.response()).text()).toBe('chunk 1;chunk 2;chunk 3;chunk 4;chunk 5;');
    client.close();
  });

  it('M-74 silence beyond requestTimeout is 502.3, a trickle is none', async () => {
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': {},
            '/silent': fixtureApp('common/held.mjs', { attributes: { requestTimeout: '00:00:01' } }),
            '/trickle': fixtureApp('out-of-process/trickles.mjs', { attributes: { requestTimeout: '00:00:01' } }),
          },
        },
      ],
      expects: [brokenRequest],
    });
    const [silent, trickle] = await Promise.all([host.get('/silent/held'), host.get('/trickle?bytes=8&every=250')]);
    expect(silent.status).toBe(502);
    expect(trickle.text()).toBe('.'.repeat(8));
  });

  it('M-74 silence in the body cuts the client off', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('common/held.mjs', { attributes: { requestTimeout: '00:00:01' } }) } }],
      expects: [brokenRequest],
    });
    await expect(host.get('/held?head')).rejects.toMatchObject({ kind: expect.stringMatching(/reset|truncated/) });
  });

  it.each(['', '&chunked'])('passes 20 MB%s whole', async (query) => {
    const host = await useHost({ sites: [{ applications: { '/': fixtureApp('common/big-body.mjs') } }] });
    expect((await host.get(`/?bytes=20000000${query}`)).body.length).toBe(20_000_000);
    expect((await host.get('/', { method: 'POST', body: Buffer.alloc(20_000_000) })).text()).toBe('20000000');
  });

  it('H-150 passes an answer that comes before the upload is over', async () => {
    const host = await useHost({
      sites: [{ applications: { '/': fixtureApp('out-of-process/early-response.mjs') } }],
    });
    const client = await Connection.open(host.target('/'));
    client.write(formatRequest(host.target('/'), { method: 'POST', headers: [['Content-Length', '10000000']] }));
    client.write(Buffer.alloc(100_000));
    const response = await client.response('POST');
    expect([response.status, response.text()]).toEqual([413, 'big']);
    client.close();
  });
});

describe('a connection that the application closes while it is idle', () => {
  it('H-147 costs a GET nothing', async () => {
    const record = scratchFile('requests');
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': fixtureApp('out-of-process/closes-idle.mjs', { environment: { RECORD_FILE: record } }),
          },
        },
      ],
    });
    for (let count = 0; count < 50; count += 1) expect((await host.get('/')).status).toBe(200);
  });

  it('H-147 repeats a GET once, and never a POST that was sent', async () => {
    const record = scratchFile('requests');
    const host = await useHost({
      sites: [
        {
          applications: {
            '/': fixtureApp('out-of-process/closes-idle.mjs', {
              arguments: 'late',
              environment: { RECORD_FILE: record },
            }),
          },
        },
      ],
      expects: [brokenRequest],
    });
    expect((await host.get('/first')).status).toBe(200);
    expect((await host.get('/second')).status).toBe(200);
    const posted = await host.get('/third', { method: 'POST', body: 'once' });
    expect(posted.status).toBe(502);
    const arrived = linesOf(record);
    expect(arrived.filter((line) => line.startsWith('GET /second'))).toHaveLength(2);
    expect(arrived.filter((line) => line.startsWith('POST /third'))).toHaveLength(1);
  });
});
