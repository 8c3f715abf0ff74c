import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  Connection,
  echoOf,
  fixtureApp,
  formatRequest,
  linesOf,
  receivedFields,
  receivedNames,
  sharedHost,
  until,
} from './harness/index.ts';

const host = 'Host: a.test';
const poison = `GET /poison HTTP/1.1\r\n${host}\r\n\r\n`;

/** A POST whose framing fields are `fields`, with a body that a reader of either framing would end elsewhere. */
const post = (fields: string, body = '5\r\nabcde\r\n0\r\n\r\n', version = '1.1'): string =>
  `POST /matrix HTTP/${version}\r\n${host}\r\n${fields}\r\n\r\n${body}`;
const get = (fields: string): string => `GET /matrix HTTP/1.1\r\n${host}\r\n${fields}\r\n\r\n`;
const line = (requestLine: string): string => `${requestLine}\r\n${host}\r\n\r\n`;
const chunked = (body: string): string => post('Transfer-Encoding: chunked', body);
const big = 'b'.repeat(17 * 1024);

/** Case, what is sent, the status that must come. After each the connection is closed and nothing follows. */
const refused: readonly (readonly [id: string, name: string, bytes: string, status: number | readonly number[]])[] = [
  ['H-26', 'no Host', 'GET /matrix HTTP/1.1\r\n\r\n', 400],
  ['H-27', 'two equal Hosts', get(host), 400],
  ['H-28', 'two different Hosts', get('Host: b.test'), 400],
  ['H-29', 'an empty Host', 'GET /matrix HTTP/1.1\r\nHost:\r\n\r\n', 400],
  ['H-29', 'a Host with a path', 'GET /matrix HTTP/1.1\r\nHost: a.test/x\r\n\r\n', 400],
  ['H-29', 'a Host with a user', 'GET /matrix HTTP/1.1\r\nHost: u@a.test\r\n\r\n', 400],
  ['H-29', 'a Host with a bad port', 'GET /matrix HTTP/1.1\r\nHost: a.test:80x\r\n\r\n', 400],
  ['H-29', 'a Host with a port too high', 'GET /matrix HTTP/1.1\r\nHost: a.test:99999\r\n\r\n', 400],
  ['H-29', 'a list of Hosts', 'GET /matrix HTTP/1.1\r\nHost: a.test, b.test\r\n\r\n', 400],
  ['H-31', 'an absolute target of another authority', line('GET http://b.test/matrix HTTP/1.1'), 400],
  ['H-31', 'an absolute target of another scheme', line('GET ftp://a.test/matrix HTTP/1.1'), 400],
  ['H-31', 'an https target on a clear port', line('GET https://a.test/matrix HTTP/1.1'), 400],
  ['H-32', 'GET *', line('GET * HTTP/1.1'), 400],
  ['H-32', 'an authority target', line('GET a.test:80 HTTP/1.1'), 400],
  ['H-33', 'CONNECT', line('CONNECT a.test:443 HTTP/1.1'), 405],
  ['H-35', 'a fragment', line('GET /a#b HTTP/1.1'), 400],
  ['H-36', 'a space in the target', line('GET /a b HTTP/1.1'), 400],
  ['H-36', 'tabs as separators', line('GET\t/a\tHTTP/1.1'), 400],
  ['H-36', 'a byte above 0x7F in the target', line('GET /caf\xc3\xa9 HTTP/1.1'), 400],
  ['H-37', 'a method that is no token', line('GE(T / HTTP/1.1'), 400],
  ['H-38', 'HTTP/2.0', line('GET / HTTP/2.0'), 505],
  ['H-38', 'HTTP/1.2', line('GET / HTTP/1.2'), 505],
  ['H-38', 'HTTP/1', line('GET / HTTP/1'), 400],
  ['H-40', 'bare LF everywhere', `GET /matrix HTTP/1.1\n${host}\n\n`, 400],
  ['H-41', 'bare LF on one field', get('X-A: 1\nX-B: 2'), 400],
  ['H-42', 'bare CR in a value', get('X-A: 1\rX-B: 2'), 400],
  ['H-43', 'NUL in a value', get('X-A: 1\x002'), 400],
  ['H-43', 'NUL in a name', get('X-\x00A: 1'), 400],
  ['H-44', '0x01 in a value', get('X-A: 1\x012'), 400],
  ['H-44', '0x7F in a value', get('X-A: 1\x7f2'), 400],
  ['H-46', 'a folded field', get('X-A: 1\r\n 2'), 400],
  ['H-47', 'a space before the first field', 'GET /matrix HTTP/1.1\r\n Host: a.test\r\n\r\n', 400],
  ['H-48', 'a field without a colon', get('X-A'), 400],
  ['H-48', 'an empty name', get(': 1'), 400],
  ['H-48', 'a space in a name', get('X A: 1'), 400],
  ['H-48', 'a parenthesis in a name', get('X(A: 1'), 400],
  ['H-49', 'a space before the colon of Content-Length', post('Content-Length : 5', 'abcde'), 400],
  ['H-49', 'a space before the colon of Transfer-Encoding', post('Transfer-Encoding : chunked'), 400],
  ['H-50', 'a field of 17 KiB', get(`X-Big: ${big}`), [400, 431]],
  ['H-51', '101 fields', get(Array.from({ length: 101 }, (_, n) => `X-${n}: 1`).join('\r\n')), 431],
  ['H-52', 'a path of 17,000 bytes', line(`GET /${'p'.repeat(17_000)} HTTP/1.1`), [414, 431]],
  ['H-53', 'Connection: Content-Length', post('Connection: Content-Length\r\nContent-Length: 5', 'abcde'), 400],
  ['H-53', 'Connection: Host', get('Connection: Host'), 400],
  ['H-53', 'Connection: Transfer-Encoding', post('Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked'), 400],
  ['H-57', 'a right length and chunked', post('Content-Length: 15\r\nTransfer-Encoding: chunked'), 400],
  ['H-57', 'a short length and chunked', post('Content-Length: 4\r\nTransfer-Encoding: chunked'), 400],
  ['H-57', 'a long length and chunked', post('Content-Length: 60\r\nTransfer-Encoding: chunked'), 400],
  ['H-58', 'chunked, then a length', post('Transfer-Encoding: chunked\r\nContent-Length: 4'), 400],
  ['H-58', 'the same in capitals', post('TRANSFER-ENCODING: chunked\r\ncontent-length: 4'), 400],
  ['H-59', 'two equal lengths', post('Content-Length: 5\r\nContent-Length: 5', 'abcde'), 400],
  ['H-60', 'two different lengths', post('Content-Length: 5\r\nContent-Length: 6', 'abcde'), 400],
  ['H-61', 'a list of lengths', post('Content-Length: 5, 5', 'abcde'), 400],
  ...['+5', '-5', '0x5', '5 5', '5;', '', '12345678901234567890123'].map(
    (length) => ['H-62', `length ${JSON.stringify(length)}`, post(`Content-Length: ${length}`, 'abcde'), 400] as const,
  ),
  ...['xchunked', 'identity', 'gzip, chunked', 'deflate'].map(
    (coding) => ['H-64', `coding ${coding}`, post(`Transfer-Encoding: ${coding}`), 501] as const,
  ),
  ['H-65', 'chunked, identity', post('Transfer-Encoding: chunked, identity'), 400],
  ['H-65', 'chunked, chunked', post('Transfer-Encoding: chunked, chunked'), 400],
  ['H-65', 'two Transfer-Encoding', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'), 400],
  ...['"chunked"', 'chunked;q=1', '\x0bchunked', 'chunked\x0b', '\x00'].map(
    (coding) => ['H-66', `coding ${JSON.stringify(coding)}`, post(`Transfer-Encoding: ${coding}`), 400] as const,
  ),
  ['H-68', 'a folded Transfer-Encoding', post('Transfer-Encoding:\r\n chunked'), 400],
  ['H-69', 'an empty Transfer-Encoding and a length', post('Transfer-Encoding:\r\nContent-Length: 5', 'abcde'), 400],
  ['H-70', 'chunked on 1.0', post('Transfer-Encoding: chunked', undefined, '1.0'), 400],
  [
    'H-70',
    'chunked and a length on 1.0',
    post('Transfer-Encoding: chunked\r\nContent-Length: 5', undefined, '1.0'),
    400,
  ],
  ['H-104', 'climbing above the root', line('GET /../b HTTP/1.1'), 400],
  ['H-104', 'the same encoded', line('GET /%2e%2e/b HTTP/1.1'), 400],
  ...['/a%00b', '/a%01b', '/a%zz', '/%u0041', '/%c0%af', '/%ed%a0%80'].map(
    (path) => ['H-105', path, line(`GET ${path} HTTP/1.1`), 400] as const,
  ),
];

/** Bodies that break in the middle: the request may have begun, so an answer is not certain; an end is. */
const brokenBodies: readonly (readonly [id: string, name: string, body: string])[] = [
  ...['0x5', '+5', '', ' 5', '5 ', '5g', '10000000000000005'].map(
    (size) => ['H-71', `chunk size ${JSON.stringify(size)}`, `${size}\r\nabcde\r\n0\r\n\r\n`] as const,
  ),
  ['H-73', 'LF after the size', '5\nabcde\r\n0\r\n\r\n'],
  ['H-73', 'LF after the data', '5\r\nabcde\n0\r\n\r\n'],
  ['H-73', 'LF in an extension', '5;a\nb\r\nabcde\r\n0\r\n\r\n'],
  ['H-73', 'LF at the end', '5\r\nabcde\r\n0\r\n\n'],
  ['H-74', 'more data than the size', '5\r\nabcdefgh\r\n0\r\n\r\n'],
  ['H-74', 'no CRLF after the data', '5\r\nabcde0\r\n\r\n'],
  ['H-75', 'an extension of 20 KiB', `5;${'e'.repeat(20 * 1024)}\r\nabcde\r\n0\r\n\r\n`],
  ['H-75', 'CRLF in a quoted extension', '5;a="\r\n"\r\nabcde\r\n0\r\n\r\n'],
  ['H-76', 'a Content-Length trailer', '5\r\nabcde\r\n0\r\nContent-Length: 9\r\n\r\n'],
];

let recordFolder: string;
const application = sharedHost(() => {
  recordFolder = mkdtempSync(join(tmpdir(), 'poolhouse-matrix-'));
  chmodSync(recordFolder, 0o777);
  const record = join(recordFolder, 'requests');
  return {
    sites: [
      {
        applications: {
          '/': fixtureApp('common/records-requests.mjs', { environment: { RECORD_FILE: record } }),
          '/echo': fixtureApp('common/echo.mjs'),
        },
      },
    ],
  };
});

const arrived = (): string[] => linesOf(join(recordFolder, 'requests'));

beforeAll(async () => {
  await application.current.get('/warm');
  return () => rmSync(recordFolder, { recursive: true, force: true });
});

// The poison check: whatever was sent, no application ever saw the request hidden behind it.
afterEach(() => expect(arrived().filter((entry) => entry.includes('/poison'))).toEqual([]));

describe('refused before any process sees it', () => {
  it.each(refused)('%s %s', async (_id, _name, bytes, status) => {
    const before = arrived().length;
    const client = await Connection.open(application.current.target('/'));
    client.write(bytes).write(poison);
    const response = await client.response();
    expect(Array.isArray(status) ? status : [status]).toContain(response.status);
    await client.closed();
    expect(client.unread.toString('latin1')).toBe('');
    expect(arrived()).toHaveLength(before);
    client.close();
  });
});

describe('refused in the middle of a body', () => {
  it.each(brokenBodies)('%s %s', async (_id, _name, body) => {
    const client = await Connection.open(application.current.target('/'));
    client.write(chunked(body)).write(poison);
    const status = await client.response('POST').then(
      (response) => response.status,
      () => 'cut',
    );
    expect([400, 413, 'cut']).toContain(status);
    await client.closed();
    expect(client.unread.toString('latin1')).toBe('');
    client.close();
  });

  it.each([
    ['H-77', 'a chunked body', post('Transfer-Encoding: chunked', '5\r\nabc')],
    ['H-78', 'a sized body', post('Content-Length: 10', 'abc')],
  ])('%s %s cut by FIN never completes', async (_id, _name, bytes) => {
    const client = await Connection.open(application.current.target('/'));
    client.write(bytes);
    await until('the request to begin', () => arrived().at(-1)?.includes('/matrix'));
    client.end();
    const status = await client.response('POST').then(
      (response) => response.status,
      () => 'cut',
    );
    expect([400, 'cut']).toContain(status);
    client.close();
  });
});

describe('accepted, and made canonical', () => {
  const echo = async (bytes: string) => {
    const client = await Connection.open(application.current.target('/'));
    client.write(bytes);
    const response = await client.response();
    client.close();
    return echoOf(response);
  };
  const posted = (fields: string, body: string) => `POST /echo HTTP/1.1\r\n${host}\r\n${fields}\r\n\r\n${body}`;

  it('H-30 an absolute target of the same authority', async () => {
    const received = await echo(`GET http://a.test/echo/x HTTP/1.1\r\n${host}\r\n\r\n`);
    expect(received.url).toBe('/echo/x');
    expect(receivedFields(received, 'Host')).toEqual(['a.test']);
  });

  it('H-32 OPTIONS * is answered by the host', async () => {
    const client = await Connection.open(application.current.target('/'));
    client.write(line('OPTIONS * HTTP/1.1'));
    expect(await client.response()).toMatchObject({ status: 200 });
    client.close();
  });

  it('H-34 TRACE does not echo fields', async () => {
    const response = await application.current.get('/echo', { method: 'TRACE', headers: [['X-Secret', 'echoed?']] });
    expect(response.status).toBe(405);
    expect(response.text()).not.toContain('echoed?');
  });

  it('H-39 CRLFs before the request line', async () => {
    expect(
      (await echo(`\r\n\r\n\r\n${get('').replace('/matrix', '/echo').replace('\r\n\r\n\r\n', '\r\n\r\n')}`)).url,
    ).toBe('/echo');
  });

  it('H-54 Connection: X-A removes X-A', async () => {
    expect(receivedNames(await echo(posted('Connection: X-A\r\nX-A: 1\r\nContent-Length: 0', '')))).not.toContain(
      'x-a',
    );
  });

  it('H-55 names that alias protected ones are dropped', async () => {
    const received = await echo(
      posted('Transfer_Encoding: chunked\r\nX_Forwarded_For: 1.1.1.1\r\nContent-Length: 5', 'abcde'),
    );
    expect(received.bodyBytes).toBe(5);
    expect(receivedNames(received).filter((name) => name.includes('_'))).toEqual([]);
  });

  it('H-63 a length with a leading zero', async () => {
    const received = await echo(posted('Content-Length: 05', 'abcde'));
    expect(receivedFields(received, 'Content-Length')).toEqual(['5']);
    expect(received.bodyBytes).toBe(5);
  });

  it.each(['\tchunked', 'CHUNKED', 'chunked '])('H-67 coding %j', async (coding) => {
    const received = await echo(posted(`Transfer-Encoding:${coding}`, '5\r\nabcde\r\n0\r\n\r\n'));
    expect(receivedFields(received, 'Transfer-Encoding')).toEqual(['chunked']);
    expect(received.bodyBytes).toBe(5);
  });

  it.each(['0000005', `${'0'.repeat(40)}5`])('H-72 chunk size %s', async (size) => {
    expect((await echo(posted('Transfer-Encoding: chunked', `${size}\r\nabcde\r\n0\r\n\r\n`))).bodyBytes).toBe(5);
  });

  it('H-75 a chunk extension', async () => {
    expect((await echo(posted('Transfer-Encoding: chunked', '5;a=b\r\nabcde\r\n0\r\n\r\n'))).bodyBytes).toBe(5);
  });

  it('H-76 trailers do not become fields', async () => {
    const trailers = 'X-T: 1\r\nHost: b.test\r\nAuthorization: Basic x\r\n';
    const received = await echo(posted('Transfer-Encoding: chunked', `5\r\nabcde\r\n0\r\n${trailers}\r\n`));
    expect(receivedNames(received)).not.toContain('x-t');
    expect(receivedNames(received)).not.toContain('authorization');
    expect(receivedFields(received, 'Host')).toEqual(['a.test']);
  });

  it('H-79 a GET with a body, and the next request after it', async () => {
    const client = await Connection.open(application.current.target('/'));
    client.write(`GET /echo/one HTTP/1.1\r\n${host}\r\nContent-Length: 5\r\n\r\nabcde`);
    client.write(`GET /echo/two HTTP/1.1\r\n${host}\r\n\r\n`);
    expect(echoOf(await client.response()).url).toBe('/echo/one');
    expect(echoOf(await client.response())).toMatchObject({ url: '/echo/two', bodyBytes: 0 });
    client.close();
  });

  it('H-56 garbage after a complete POST: the answer first, then the end', async () => {
    const client = await Connection.open(application.current.target('/'));
    client.write(posted('Content-Length: 5', 'abcde')).write('garbage\r\n\r\n');
    expect(echoOf(await client.response()).bodyBytes).toBe(5);
    await client.closed();
    client.close();
  });

  it.each([50, 1_000])('H-82 %i pipelined requests are answered in order', async (count) => {
    const client = await Connection.open(application.current.target('/'));
    client.write(Array.from({ length: count }, (_, n) => `GET /echo/${n} HTTP/1.1\r\n${host}\r\n\r\n`).join(''));
    for (let n = 0; n < count; n += 1) expect(echoOf(await client.response()).url).toBe(`/echo/${n}`);
    client.close();
  });

  it('H-151 Expect of another value is 417, and ignored on 1.0', async () => {
    const target = application.current.target('/echo');
    expect((await application.current.get('/echo', { headers: [['Expect', 'x']] })).status).toBe(417);
    const client = await Connection.open(target);
    client.write(
      formatRequest(target, { version: '1.0', method: 'POST', body: 'abc', headers: [['Expect', '100-continue']] }),
    );
    const response = await client.response('POST');
    expect(echoOf(response).bodyBytes).toBe(3);
    expect(response.interim).toEqual([]);
    client.close();
  });

  it('H-24 TLS bytes on a clear port get 400 or the end, and the host lives on', async () => {
    const client = await Connection.open(application.current.target('/'));
    client.write(
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, 0x0d, 0x0a, 0x0d, 0x0a]),
    );
    const status = await client.response().then(
      (response) => response.status,
      () => 'cut',
    );
    expect([400, 'cut']).toContain(status);
    client.close();
    expect((await application.current.get('/echo')).status).toBe(200);
  });
});
