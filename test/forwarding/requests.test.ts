import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import {
  Connection,
  echoOf,
  fixtureApp,
  formatRequest,
  receivedFields,
  receivedNames,
  sharedHost,
} from '../harness/index.ts';

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
