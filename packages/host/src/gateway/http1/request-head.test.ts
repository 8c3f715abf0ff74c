import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthorityCache } from './authority.ts';
import { type HeadContext, Http1RequestHead, parseRequestHead } from './request-head.ts';

/** Parses latin1 text that arrived in a buffer with something else behind it, as read buffers are. */
function parse(text: string, context: HeadContext): ReturnType<typeof parseRequestHead> {
  return parseRequestHead(Buffer.from(`${text}\r\nX: stale\r\n\r\n`, 'latin1'), text, context);
}

function context(overrides: Partial<HeadContext> = {}): HeadContext {
  return {
    maxRequestBytes: 16_384,
    maxFieldBytes: 16_384,
    maxFields: 100,
    secure: false,
    trusted: false,
    authorities: new AuthorityCache(),
    ...overrides,
  };
}

function accepted(text: string, overrides: Partial<HeadContext> = {}): Http1RequestHead {
  const head = parse(text, context(overrides));
  if (!(head instanceof Http1RequestHead)) throw new Error(`not accepted: ${JSON.stringify(head)}`);
  return head;
}

/** Lines of a GET with a host. */
const get = (...fields: string[]): string => ['GET /a HTTP/1.1', 'Host: a.test', ...fields, '', ''].join('\r\n');
const post = (...fields: string[]): string => get(...fields).replace('GET', 'POST');
const line = (requestLine: string): string => `${requestLine}\r\nHost: a.test\r\n\r\n`;

describe('refused heads', () => {
  const cases: readonly (readonly [name: string, text: string, status: number, failure: string])[] = [
    ['H-26 no Host', 'GET / HTTP/1.1\r\n\r\n', 400, 'Hostname'],
    ['H-27 two equal Hosts', get('Host: a.test'), 400, 'Hostname'],
    ['H-28 two different Hosts', get('Host: b.test'), 400, 'Hostname'],
    ...['', 'a.test/x', 'u@a.test', 'a.test:80x', 'a.test:99999', 'a.test, b.test', 'a b', '[::1', '[fe80::1%1]'].map(
      (host) =>
        [`H-29 Host ${JSON.stringify(host)}`, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400, 'Hostname'] as const,
    ),
    ['H-31 absolute form of another authority', line('GET http://b.test/ HTTP/1.1'), 400, 'Hostname'],
    ['H-31 absolute form of another port', line('GET http://a.test:81/ HTTP/1.1'), 400, 'Hostname'],
    ['H-31 absolute form with a user', line('GET http://u@a.test/ HTTP/1.1'), 400, 'URL'],
    ['H-31 ftp scheme', line('GET ftp://a.test/ HTTP/1.1'), 400, 'URL'],
    ['H-31 https on a clear connection', line('GET https://a.test/ HTTP/1.1'), 400, 'URL'],
    ['H-32 GET *', line('GET * HTTP/1.1'), 400, 'URL'],
    ['H-32 authority form', line('GET a.test:80 HTTP/1.1'), 400, 'URL'],
    ['H-33 CONNECT', line('CONNECT a.test:443 HTTP/1.1'), 405, 'Verb'],
    ['H-35 fragment', line('GET /a#b HTTP/1.1'), 400, 'URL'],
    ['H-36 space in the target', line('GET /a b HTTP/1.1'), 400, 'BadRequest'],
    ['H-36 two spaces', line('GET  /a HTTP/1.1'), 400, 'URL'],
    ['H-36 tab as separator', line('GET\t/a HTTP/1.1'), 400, 'Verb'],
    ['H-36 byte above 0x7F in the target', line('GET /\xc3 HTTP/1.1'), 400, 'URL'],
    ['H-37 method that is no token', line('GE(T / HTTP/1.1'), 400, 'Verb'],
    ['TLS on a clear port', '\x16\x03\x01\x02\x00\x01', 400, 'Verb'],
    ['H-38 HTTP/2.0', line('GET / HTTP/2.0'), 505, 'Version_N/S'],
    ['H-38 HTTP/1.2', line('GET / HTTP/1.2'), 505, 'Version_N/S'],
    ['H-38 HTTP/1', line('GET / HTTP/1'), 400, 'BadRequest'],
    ['H-38 HTTP/0.9', 'GET /\r\n', 400, 'URL'],
    ['lower-case version', line('GET / http/1.1'), 400, 'BadRequest'],
    ['H-40 bare LF everywhere', 'GET / HTTP/1.1\nHost: a.test\n\n', 400, 'Invalid_CR/LF'],
    ['H-41 bare LF after a field', get('A: 1\nB: 2'), 400, 'Invalid_CR/LF'],
    ['bare LF after the name', get('A\n: 1'), 400, 'Invalid_CR/LF'],
    ['H-42 bare CR in a value', get('A: 1\r2'), 400, 'Invalid_CR/LF'],
    ['H-43 NUL in a value', get('A: 1\x002'), 400, 'Header'],
    ['H-43 NUL in a name', get('A\x00: 1'), 400, 'Header'],
    ['H-44 0x01 in a value', get('A: \x01'), 400, 'Header'],
    ['H-44 0x7F in a value', get('A: \x7f'), 400, 'Header'],
    ['H-46 folded field', get('A: 1\r\n 2'), 400, 'Header'],
    ['H-46 folded with a tab', get('A: 1\r\n\t2'), 400, 'Header'],
    ['H-47 space before the first field', 'GET / HTTP/1.1\r\n Host: a.test\r\n\r\n', 400, 'Header'],
    ['H-48 no colon', get('A'), 400, 'Header'],
    ['H-48 empty name', get(': 1'), 400, 'Header'],
    ['H-48 space in a name', get('A B: 1'), 400, 'Header'],
    ['H-48 parenthesis in a name', get('A(: 1'), 400, 'Header'],
    ['H-49 space before the colon', post('Content-Length : 5'), 400, 'Header'],
    ['H-49 space before the colon of TE', post('Transfer-Encoding : chunked'), 400, 'Header'],
    ['H-50 field over the limit', get(`A: ${'a'.repeat(17_000)}`), 431, 'FieldLength'],
    ['H-51 101 fields', get(...Array.from({ length: 100 }, (_, n) => `X-${n}: 1`)), 431, 'RequestLength'],
    ['H-52 target over the limit', line(`GET /${'a'.repeat(17_000)} HTTP/1.1`), 414, 'URL_Length'],
    ['fields over the limit together', get(`A: ${'a'.repeat(9_000)}`, `B: ${'b'.repeat(9_000)}`), 431, 'RequestLength'],
    ...[
      'Content-Length',
      'Host',
      'Transfer-Encoding',
      'close, content-length',
      'X-Forwarded-For',
      'Forwarded',
      'MS-ASPNETCORE-TOKEN',
      'Authorization',
    ].map((name) => [`H-53 Connection: ${name}`, get(`Connection: ${name}`), 400, 'Header'] as const),
    ['Connection that is no token', get('Connection: a b'), 400, 'Header'],
    ['Connection with a no-break space', get('Connection: close\xa0'), 400, 'Header'],
    ['H-57 length and chunked', post('Content-Length: 5', 'Transfer-Encoding: chunked'), 400, 'BadRequest'],
    ['H-58 chunked and length', post('TRANSFER-ENCODING: chunked', 'content-length: 5'), 400, 'BadRequest'],
    ['H-59 two equal lengths', post('Content-Length: 5', 'Content-Length: 5'), 400, 'Number'],
    ['H-60 two different lengths', post('Content-Length: 5', 'Content-Length: 6'), 400, 'Number'],
    ...['5, 5', '+5', '-5', '0x5', '5 5', '5;', '', '1'.repeat(23), '9007199254740992'].map(
      (length) =>
        [`H-61 H-62 length ${JSON.stringify(length)}`, post(`Content-Length: ${length}`), 400, 'Number'] as const,
    ),
    ...['xchunked', 'identity', 'gzip, chunked', 'deflate'].map(
      (coding) => [`H-64 coding ${coding}`, post(`Transfer-Encoding: ${coding}`), 501, 'N/I'] as const,
    ),
    ...[
      'chunked, identity',
      'chunked, chunked',
      '"chunked"',
      'chunked;q=1',
      ',chunked',
      'chunked,',
      '',
      '\xa0chunked',
      'chunked\xa0',
    ].map(
      (coding) =>
        [
          `H-65 H-66 coding ${JSON.stringify(coding)}`,
          post(`Transfer-Encoding: ${coding}`),
          400,
          'BadRequest',
        ] as const,
    ),
    ...['\x0bchunked', 'chunked\x0b', '\x00'].map(
      (coding) =>
        [`H-66 coding ${JSON.stringify(coding)}`, post(`Transfer-Encoding: ${coding}`), 400, 'Header'] as const,
    ),
    ['H-65 two codings', post('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'), 400, 'BadRequest'],
    ['H-68 folded coding', post('Transfer-Encoding:\r\n chunked'), 400, 'Header'],
    ['H-69 empty coding and a length', post('Transfer-Encoding:', 'Content-Length: 5'), 400, 'BadRequest'],
    ['H-70 chunked on 1.0', post('Transfer-Encoding: chunked').replace('1.1', '1.0'), 400, 'BadRequest'],
    ['H-151 unknown expectation', post('Expect: x', 'Content-Length: 1'), 417, 'Precondition'],
  ];
  it.each(cases)('%s', (_, text, status, failure) => {
    expect(parse(text, context())).toMatchObject({ status, failure });
  });
});

describe('accepted heads', () => {
  it('reads method, target, version and host', () => {
    expect(accepted(get())).toMatchObject({
      method: 'GET',
      target: '/a',
      version: '1.1',
      host: 'a.test',
      bodyLength: 0,
    });
  });

  it.each(['PROPFIND', 'get', 'M-SEARCH', 'x'])('takes any token as method: %s', (method) => {
    expect(accepted(get().replace('GET', method)).method).toBe(method);
  });

  it.each([
    ['A.Test', 'a.test'],
    ['a.test:8080', 'a.test'],
    ['a.test:', 'a.test'],
    ['a.test.', 'a.test'],
    ['a_b.test', 'a_b.test'],
    ['[::1]:80', '[::1]'],
    ['127.0.0.1', '127.0.0.1'],
  ])('Host %s is %s', (host, expected) => {
    expect(accepted(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`).host).toBe(expected);
  });

  it('H-26 takes a 1.0 request without Host', () => {
    expect(accepted('GET / HTTP/1.0\r\n\r\n')).toMatchObject({ host: '', version: '1.0', keepAlive: false });
  });

  it.each([
    ['http://a.test/x?y', '/x?y'],
    ['HTTP://A.TEST:80', '/'],
    ['http://a.test?q', '/?q'],
  ])('H-30 turns %s into %s', (target, path) => {
    expect(accepted(line(`GET ${target} HTTP/1.1`)).target).toBe(path);
  });

  it('H-30 gives the next hop a Host when only the target has one', () => {
    expect(accepted('GET http://a.test/x HTTP/1.0\r\nA: 1\r\n\r\n').fields).toBe('Host: a.test\r\nA: 1\r\n');
  });

  it('H-45 keeps bytes above 0x7F in values', () => {
    expect(accepted(get('X: caf\xe9\xff')).fields).toContain('X: caf\xe9\xff\r\n');
  });

  it('keeps case, order and repetition of the fields that pass', () => {
    const fields = ['x-B: 1', 'X-a:2', 'Cookie: c', 'x-B:\t3 ', 'Accept: */*'];
    expect(accepted(get(...fields)).fields).toBe(['Host: a.test', ...fields, ''].join('\r\n'));
  });

  it('H-22 drops what ends at this hop or what no client may say', () => {
    const head = accepted(
      get(
        'Connection: keep-alive, X-A',
        'X-A: 1',
        'Keep-Alive: 5',
        'Proxy-Connection: x',
        'Proxy-Authorization: x',
        'Proxy: http://evil',
        'Upgrade: h2c',
        'HTTP2-Settings: x',
        'TE: gzip',
        'Trailer: x',
        'X-Forwarded-For: 1.1.1.1',
        'x-forwarded-proto: https',
        'X-Forwarded-Host: b',
        'X-Forwarded-Port: 1',
        'X-Forwarded-Prefix: /x',
        'Forwarded: for=1.1.1.1',
        'X-Real-IP: 1.1.1.1',
        'X-Forwarded-Ssl: on',
        'X-Original-URL: /admin',
        'X-Rewrite-URL: /admin',
        'X-ARR-ClientCert: x',
        'X-ARR-SSL: x',
        'X-Client-Cert: x',
        'X-Client-Cert-Chain: x',
        'Remote-User: admin',
        'X-Remote-User: admin',
        'X_ARR_ClientCert: x',
        'REMOTE_USER: admin',
        'MS-ASPNETCORE-TOKEN: x',
        'MS-ASPNETCORE-CLIENTCERT: x',
        'ms-aspnetcore-foo: x',
        'Ms-AspNetCore: x',
        'MS_ASPNETCORE_TOKEN: x',
        'Transfer_Encoding: chunked',
        'X_Forwarded_For: 1.1.1.1',
        'Content_Length: 1',
        'X_Kept: 1',
        'Upgrade-Insecure-Requests: 1',
      ),
    );
    expect(head.fields).toBe('Host: a.test\r\nX_Kept: 1\r\nUpgrade-Insecure-Requests: 1\r\n');
    expect(head).toMatchObject({ forwardedFor: '', forwardedProto: '', upgrade: '' });
  });

  it('keeps what a trusted peer says about the client', () => {
    const head = accepted(
      get(
        'X-Forwarded-For: 1.1.1.1',
        'X-Forwarded-For: 2.2.2.2',
        'X-Forwarded-Proto: https',
        'Forwarded: for=x',
        'X-Forwarded-Host: h',
        'X-ARR-ClientCert: c',
        'X-Real-IP: 1.1.1.1',
        'MS-ASPNETCORE-CLIENTCERT: x',
      ),
      { trusted: true },
    );
    expect(head).toMatchObject({ forwardedFor: '1.1.1.1, 2.2.2.2', forwardedProto: 'https' });
    expect(head.fields).toBe('Host: a.test\r\nForwarded: for=x\r\nX-Forwarded-Host: h\r\nX-ARR-ClientCert: c\r\n');
  });

  it.each([
    ['H-63 05', 'Content-Length: 05', 5],
    ['H-62 5 and a tab', 'Content-Length: 5\t', 5],
    ['0', 'Content-Length: 0', 0],
    ['H-67 chunked after a tab', 'Transfer-Encoding:\tchunked', -1],
    ['H-67 CHUNKED', 'Transfer-Encoding: CHUNKED', -1],
  ])('reads the framing %s', (_, field, bodyLength) => {
    const head = accepted(post(field));
    expect(head.bodyLength).toBe(bodyLength);
    expect(head.fields).toBe('Host: a.test\r\n');
  });

  it.each([
    ['1.1', undefined, true],
    ['1.1', 'close', false],
    ['1.1', 'Keep-Alive, Close', false],
    ['1.0', undefined, false],
    ['1.0', 'keep-alive', true],
    ['1.0', 'Keep-Alive', true],
  ])('%s with Connection %s keeps the connection: %s', (version, connection, keepAlive) => {
    const fields = connection === undefined ? [] : [`Connection: ${connection}`];
    expect(accepted(get(...fields).replace('HTTP/1.1', `HTTP/${version}`)).keepAlive).toBe(keepAlive);
  });

  it('notes Expect, TE and Upgrade', () => {
    const fields = [
      'Content-Length: 1',
      'Expect: 100-Continue',
      'TE: deflate, trailers',
      'Connection: Upgrade',
      'Upgrade: websocket',
    ];
    expect(accepted(post(...fields))).toMatchObject({
      expectsContinue: true,
      acceptsTrailers: true,
      upgrade: 'websocket',
    });
  });

  it('H-151 ignores expectations of 1.0', () => {
    const head = accepted(post('Expect: x', 'Content-Length: 1').replace('HTTP/1.1', 'HTTP/1.0'));
    expect(head.expectsContinue).toBe(false);
  });

  it('finds fields by name for modules', () => {
    const head = accepted(get('Accept: a', 'X: 1', 'ACCEPT:  b \t'));
    expect(head.header('accept')).toBe('a, b');
    expect(head.header('host')).toBe('a.test');
    expect(head.header('acc')).toBeUndefined();
    expect(head.fieldLines()).toBe('Host: a.test\r\nAccept: a\r\nX: 1\r\nACCEPT:  b \t\r\n');
  });

  it('leaves alone what follows the head', () => {
    const head = accepted(`${post('Content-Length: 3')}abc`);
    expect(head.text.slice(head.end)).toBe('abc');
  });
});

describe('any text', () => {
  const whole = `${post('Content-Length: 3', 'X-Long: value', 'Connection: close')}`;

  it('is incomplete in every part of a good head', () => {
    for (let end = 0; end < whole.length; end++) {
      expect(parse(whole.slice(0, end), context()), `after ${end} bytes`).toBeUndefined();
    }
  });

  it.each([
    line('GET / HTTP/1.20'),
    line('GET / HTTP/2.0'),
    line('GET / HTTP/1.12'),
    'GET / HTTP/1.1\nHost: a\r\n\r\n',
  ])('is refused for the same reason in every part of %j that is refused', (text) => {
    const refused = Array.from({ length: text.length }, (_, end) => parse(text.slice(0, end), context()));
    expect(new Set(refused.filter((head) => head !== undefined))).toEqual(new Set([parse(text, context())]));
  });

  it('never makes the parser throw, loop or read past the end', () => {
    const fragment = fc.constantFrom(
      'GET ',
      '/',
      ' HTTP/1.1',
      '\r\n',
      '\r',
      '\n',
      'Host: a',
      ':',
      ' ',
      'Connection: ',
      'é',
      '\0',
      'chunked',
      'Transfer-Encoding: ',
      'Content-Length: ',
      '5',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fragment, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 30 }),
        (parts) => {
          const text = Buffer.from(parts.join(''), 'latin1').toString('latin1');
          const head = parse(text, context());
          if (head instanceof Http1RequestHead) expect(head.end).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('compared with the parser of node:http', () => {
  let port: number;
  let seen: IncomingMessage | undefined;
  const server = createServer((request, response) => {
    seen = request;
    request.resume();
    response.end();
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
  });
  afterAll(() => server.close());

  /** What node:http makes of the request; undefined when it refuses. */
  async function byNode(text: string): Promise<IncomingMessage | undefined> {
    seen = undefined;
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('data', () => socket.destroy());
      socket.on('close', () => resolve());
      socket.on('error', () => {});
      socket.write(text, 'latin1');
    });
    return seen;
  }

  const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/).map((name) => `X-${name}`);
  const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);

  it('reads valid requests alike', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'),
        fc.stringMatching(/^\/[!"$-~]{0,20}$/),
        fc.array(fc.tuple(token, value), { maxLength: 8 }),
        async (method, target, fields) => {
          const lines = fields.map(([name, text]) => `${name}: ${text}`);
          const text = [`${method} ${target} HTTP/1.1`, 'Host: a.test', ...lines, '', ''].join('\r\n');
          const ours = accepted(text);
          const node = await byNode(text);
          expect(ours.method).toBe(node?.method);
          expect(ours.target).toBe(node?.url);
          const raw = node?.rawHeaders ?? [];
          const expected = raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1]}\r\n`] : []));
          expect(ours.fieldLines()).toBe(expected.join(''));
        },
      ),
      { numRuns: 150 },
    );
  });
});
