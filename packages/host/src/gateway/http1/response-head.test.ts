import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Http1ResponseHead, parseResponseHead } from './response-head.ts';

/** Parses latin1 text that arrived in a buffer with something else behind it, as read buffers are. */
function parse(text: string): ReturnType<typeof parseResponseHead> {
  return parseResponseHead(Buffer.from(`${text}\r\nX: stale\r\n\r\n`, 'latin1'), text);
}

const response = (...fields: string[]): string => ['HTTP/1.1 200 OK', ...fields, '', ''].join('\r\n');

function accepted(text: string): Http1ResponseHead {
  const head = parse(text);
  if (!(head instanceof Http1ResponseHead)) throw new Error(`not accepted: ${JSON.stringify(head)}`);
  return head;
}

describe('H-83 refused heads', () => {
  it.each([
    ['no HTTP', 'GET / HTTP/1.1\r\n\r\n', 'no HTTP/1 status line'],
    ['HTTP/2.0', 'HTTP/2.0 200 OK\r\n\r\n', 'no HTTP/1 status line'],
    ['status 99', 'HTTP/1.1 099 X\r\n\r\n', 'status is not a number from 100 to 999'],
    ['status of two digits', 'HTTP/1.1 99 OK\r\n\r\n', 'status is not a number from 100 to 999'],
    ['status 1000', 'HTTP/1.1 1000 X\r\n\r\n', 'status line is malformed'],
    ['status of letters', 'HTTP/1.1 abc X\r\n\r\n', 'status is not a number from 100 to 999'],
    ['control character in the reason', 'HTTP/1.1 200 O\x01K\r\n\r\n', 'control character in a line'],
    ['bare LF', 'HTTP/1.1 200 OK\nA: 1\n\n', 'lines do not end in CR LF'],
    ['bare LF after a field', response('A: 1\nB: 2'), 'lines do not end in CR LF'],
    ['bare CR', response('A: 1\rB'), 'lines do not end in CR LF'],
    ['folding', response('A: 1\r\n 2'), 'field name is malformed'],
    ['NUL', response('A: \0'), 'control character in a line'],
    ['DEL', response('A: \x7f'), 'control character in a line'],
    ['no colon', response('A'), 'field name is malformed'],
    ['space in a name', response('A B: 1'), 'field name is malformed'],
    ['empty name', response(': 1'), 'field name is malformed'],
    [
      'length and coding',
      response('Content-Length: 1', 'Transfer-Encoding: chunked'),
      'both Transfer-Encoding and Content-Length',
    ],
    ['two equal lengths', response('Content-Length: 1', 'Content-Length: 1'), 'more than one Content-Length'],
    ['list of lengths', response('Content-Length: 1, 1'), 'Content-Length is not a number'],
    ['negative length', response('Content-Length: -1'), 'Content-Length is not a number'],
    ['unknown coding', response('Transfer-Encoding: gzip, chunked'), 'Transfer-Encoding is not chunked'],
    [
      'two codings',
      response('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
      'Transfer-Encoding is not chunked',
    ],
    ['coding in 1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'Transfer-Encoding in HTTP/1.0'],
  ])('%s', (_, text, reason) => {
    expect(parse(text)).toEqual({ reason });
  });
});

describe('accepted heads', () => {
  it('M-65 keeps any status and reason', () => {
    expect(accepted('HTTP/1.1 999 Very own\r\n\r\n')).toMatchObject({ status: 999, head: 'HTTP/1.1 999 Very own\r\n' });
    expect(accepted('HTTP/1.1 200 \r\n\r\n').head).toBe('HTTP/1.1 200 \r\n');
    expect(accepted('HTTP/1.1 200\r\n\r\n').head).toBe('HTTP/1.1 200\r\n');
  });

  it('H-25 M-66 M-67 keeps fields as they are, hop-by-hop ones excepted', () => {
    const kept = [
      'Server: X',
      'set-Cookie: a',
      'Set-Cookie: b',
      'Date: Sun, 06 Nov 1994 08:49:37 GMT',
      'X:\tcaf\xe9 ',
      'Content-Length: 2',
    ];
    const text = response(
      ...kept.slice(0, 3),
      'Connection: keep-alive, X-Named',
      'Keep-Alive: timeout=5',
      'X-Named: 1',
      'Proxy-Connection: x',
      'Proxy-Authenticate: x',
      'Upgrade: h2c',
      'Alt-Svc: h3',
      ...kept.slice(3),
    );
    const head = accepted(`${text}ok`);
    expect(head.head).toBe(['HTTP/1.1 200 OK', ...kept, ''].join('\r\n'));
    expect(head).toMatchObject({ contentLength: 2, hasDate: true, keepAlive: true, keepAliveTimeoutMs: 5_000 });
    expect(head.end).toBe(text.length);
  });

  const date = 'Date: Sun, 06 Nov 1994 08:49:37 GMT';
  it.each([
    ['one', [date], [date]],
    ['one in other letters', ['A: 1', date.replace('Date', 'dAtE'), 'B: 2'], undefined],
    ['a malformed one', ['A: 1', 'Date: yesterday', 'B: 2'], ['A: 1', 'B: 2']],
    ['an empty one', ['Date:', 'B: 2'], ['B: 2']],
    ['the same twice', [date, 'A: 1', date], ['A: 1']],
    ['three', ['Date: x', date, 'A: 1', date], ['A: 1']],
    ['one malformed, one not', ['Date: x', 'A: 1', date], ['A: 1']],
    ['one not malformed, one so', [date, 'A: 1', 'Date: x'], ['A: 1']],
    ['one that Connection names', ['Connection: date', date, 'A: 1'], ['A: 1']],
  ])('M-133 keeps a Date that is alone and well-formed: %s', (_, fields, kept = fields) => {
    const head = accepted(response(...fields));
    expect(head.head).toBe(['HTTP/1.1 200 OK', ...kept, ''].join('\r\n'));
    expect(head.hasDate).toBe(/^date:/im.test(head.head));
  });

  it('writes a length with leading zeros anew', () => {
    expect(accepted(response('Content-Length: 007', 'A: 1')).head).toBe(
      'HTTP/1.1 200 OK\r\nContent-Length: 7\r\nA: 1\r\n',
    );
  });

  it('does not let Connection remove the length', () => {
    expect(accepted(response('Connection: Content-Length', 'Content-Length: 1')).head).toContain(
      'Content-Length: 1\r\n',
    );
  });

  it.each([
    ['HTTP/1.1', undefined, true],
    ['HTTP/1.1', 'close', false],
    ['HTTP/1.0', undefined, false],
    ['HTTP/1.0', 'Keep-Alive', true],
  ])('%s with Connection %s stays open: %s', (version, connection, keepAlive) => {
    const fields = connection === undefined ? [] : [`Connection: ${connection}`];
    const head = accepted(response(...fields).replace('HTTP/1.1', version));
    expect(head.keepAlive).toBe(keepAlive);
    expect(head.head).toBe('HTTP/1.1 200 OK\r\n');
  });

  it.each([
    ['timeout=72', 72_000],
    ['max=10, timeout=3', 3_000],
    ['max=10', -1],
    ['timeout=x', -1],
  ])('reads Keep-Alive: %s', (value, expected) => {
    expect(accepted(response(`Keep-Alive: ${value}`)).keepAliveTimeoutMs).toBe(expected);
  });
});

describe('any text', () => {
  it('is incomplete in every part of a good head', () => {
    const whole = response('Content-Length: 3', 'A: b');
    for (let end = 0; end < whole.length; end++) expect(parse(whole.slice(0, end))).toBeUndefined();
  });

  it('never makes the parser throw', () => {
    const part = fc.constantFrom(
      'HTTP/1.1 ',
      '200',
      ' OK',
      '\r\n',
      '\r',
      '\n',
      'A',
      ':',
      ' ',
      'Connection: ',
      '\0',
      'é',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        parse(parts.join(''));
      }),
    );
  });
});
